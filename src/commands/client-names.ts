/** Whether a name would not break the lines of CLIENT LIST: printable ASCII without spaces. */
export function isClientName(name: string): boolean {
  for (let i = 0; i < name.length; i += 1) {
    const code = name.charCodeAt(i);
    if (code < 33 || code > 126) return false;
  }
  return true;
}
