import { defineIntegration, ProviderError } from '#sdk'

import { signIn } from './api.ts'
import { escalations } from './escalations.ts'
import { history } from './history.ts'
import { answers, replies } from './replies.ts'
import { klass } from './review.ts'
import { hasKeys, Refusal, Settings } from './schema.ts'
import { simulator } from './simulator.ts'
import { reviews } from './webhook.ts'
import { workflows } from './workflows.ts'

export default defineIntegration<Settings>({
  id: 'yotpo',
  name: 'Yotpo',
  version: '1.0.0',
  category: 'reviews',
  summary: 'Escalated reviews on the customer’s timeline, shoppers’ questions as conversations.',
  developer: 'Tellback',
  website: 'https://www.yotpo.com',
  settings: Settings,
  klasses: {
    [klass]: {
      title: 'Yotpo Review',
      icon: 'star',
      color: '#0042e4',
      attributes: {
        ratingNum: 'Rating',
        titleStr: 'Title',
        contentTxt: 'Review',
        productStr: 'Product',
        productUrl: 'Product page',
        skuStr: 'SKU',
        orderStr: 'Order',
        storeStr: 'Store',
        storeIdStr: 'Store id',
        reviewStr: 'Yotpo’s number',
      },
    },
  },
  customerAttributes: { latestYotpoRatingNum: 'Latest Yotpo rating' },
  webhooks: { reviews },
  mails: { escalations },
  hosts: { api: 'https://api.yotpo.com' },
  replies,
  answers,
  workflows,
  history,
  check: async (context) => {
    const { storeId, apiSecret } = context.settings
    if (!hasKeys(context.settings)) {
      return (storeId ?? '') === (apiSecret ?? '')
        ? {}
        : { [(storeId ?? '') === '' ? 'storeId' : 'apiSecret']: 'is needed too: both, or none' }
    }
    try {
      await signIn(context)
      return {}
    } catch (error) {
      return error instanceof ProviderError && error.outcome !== 'retry-later'
        ? { apiSecret: 'is not the secret key of this store, says Yotpo' }
        : {}
    }
  },
  reasonOf: (_status, body) => Refusal.safeParse(body).data?.status.message,
  simulator,
})
