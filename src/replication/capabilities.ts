/**
 * Our own word of `REPLCONF capa`: the replica takes its primary's hash key over when it is empty.
 * Then keys arrive in the order in which its own tables hold them, and loading them is local work in
 * place of one cache miss after the other. The key travels with the data set, to whoever is trusted
 * with all of it; stock servers neither ask for it nor get it.
 */
export const sharedHashCapability = 'headwater-hash';
