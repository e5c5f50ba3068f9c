import { defineIntegration } from '#sdk'

import { escalations, klass } from './escalations.ts'
import { Settings } from './schema.ts'
import { simulator } from './simulator.ts'

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
        orderStr: 'Order',
        storeStr: 'Store',
        reviewStr: 'Yotpo’s number',
      },
    },
  },
  customerAttributes: { latestYotpoRatingNum: 'Latest Yotpo rating' },
  webhooks: {},
  mails: { escalations },
  simulator,
})
