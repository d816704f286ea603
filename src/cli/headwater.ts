#!/usr/bin/env node
/**
 * Where the program begins. The JavaScript engine is told of its bounds before the rest is loaded,
 * which allocates already.
 */
import { compileGenerously } from '../runtime/node/compiler.ts';
import { keepYoungGenerationSmall } from '../runtime/node/young-generation.ts';

keepYoungGenerationSmall();
compileGenerously();
const { runServerProgram } = await import('./server-program.ts');
await runServerProgram(process.argv.slice(2));
