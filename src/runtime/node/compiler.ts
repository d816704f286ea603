import { setFlagsFromString } from 'node:v8';

/**
 * Has the JavaScript engine compile more callees into their callers. A command passes through many
 * small functions of several folders, and with the default bounds the way through them is compiled in
 * pieces that call one another: with these a pipelined PING or SET takes a tenth less time, a push to
 * a list a fifth (`npm run bench -- commands`). With twice as much nothing is faster, and compiling, for
 * which a server on one core has to wait, takes twice the time.
 *
 * For the time in which commands run; what is compiled already stays as it is. An engine that does not know a bound says so on standard
 * error, and goes on; those of Node 20 to 26 know both.
 */
export function compileGenerously(): void {
  setBounds(3000, 1000);
}

/**
 * Has it compile as it does by default, while a data set is loaded: the way of a value through the
 * loader changes with each type, and what was compiled as a whole is thrown away as a whole. Compiling
 * took a fifth of the time of a load of all types (`npm run bench -- files`).
 */
export function compileSparingly(): void {
  setBounds(920, 460);
}

/** In bytes of bytecode: all that is inlined into one function, and each callee. */
function setBounds(cumulative: number, each: number): void {
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${cumulative}`);
  setFlagsFromString(`--max-inlined-bytecode-size=${each}`);
}
