/** What the webhook and the REST API call alike. */
export const reviewKlass = 'stamped-io-review'
export const verifiedBuyer = 2 // 0 is not verified; what 1 means is unknown
