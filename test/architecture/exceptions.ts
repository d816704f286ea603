/**
 * Pure files without a test of their own, and the test that covers them. The list only shrinks: a
 * file that gets a test beside it must leave, which `tidy.test.ts` demands.
 */
export const testedElsewhere: Readonly<Record<string, string>> = {};
