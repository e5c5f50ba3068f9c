import type { ProviderReply, ProviderRequest } from '#sdk'

import { momentOf } from './simulator-state.ts'
import type { State, StoredResponse } from './simulator-state.ts'

/** An error as the API says it (facts A1). */
export function problem(status: number, id: string, message: string): ProviderReply {
  const docs = 'https://developer.surveymonkey.com/api/v3/#error-codes'
  return { status, body: { error: { docs, message, id, name: message, http_status_code: status } } }
}

/** A page of a list (facts A1). */
export function list(state: State, { path, query }: ProviderRequest, all: unknown[]): ProviderReply {
  const perPage = Math.min(1000, Math.max(1, Number(query.get('per_page') ?? 50)))
  const page = Math.max(1, Number(query.get('page') ?? 1))
  const self = `${state.world.addressOf(state.region)}${path}`
  const last = Math.ceil(all.length / perPage)
  return {
    status: 200,
    body: {
      data: all.slice((page - 1) * perPage, page * perPage),
      page,
      per_page: perPage,
      total: all.length,
      links: { self, ...(page < last ? { next: `${self}?page=${page + 1}&per_page=${perPage}` } : {}) },
    },
  }
}

/** A response with its answers, as `simple=true` gives it (facts A4.3). */
export function responseOf(state: State, response: StoredResponse) {
  const survey = state.surveys.get(response.surveyId)
  const recipient = state.recipients.get(response.recipientId)
  return {
    id: response.id,
    survey_id: response.surveyId,
    collector_id: response.collectorId,
    recipient_id: response.recipientId,
    response_status: response.status,
    collection_mode: 'default',
    total_time: Math.round((response.modifiedAt.getTime() - response.createdAt.getTime()) / 1000),
    date_created: momentOf(response.createdAt),
    date_modified: momentOf(response.modifiedAt),
    first_name: recipient?.firstName ?? '',
    last_name: recipient?.lastName ?? '',
    email_address: '',
    metadata: { contact: { email: { type: 'string', value: recipient?.email ?? '' } } },
    analyze_url: `https://www.surveymonkey.com/analyze/browse/?respondent_id=${response.id}`,
    pages: [
      {
        id: '1',
        questions: (survey?.questions ?? []).flatMap((question) => {
          const said = response.answers.get(question.id)
          const choice = question.choices.find((it) => it.id === said?.choice)
          return said === undefined
            ? []
            : [
                {
                  id: question.id,
                  family: question.family,
                  subtype: question.subtype,
                  heading: question.heading,
                  answers: [
                    choice === undefined
                      ? { text: said.text, simple_text: said.text }
                      : { row_id: '1', choice_id: choice.id, simple_text: choice.text },
                  ],
                },
              ]
        }),
      },
    ],
  }
}
