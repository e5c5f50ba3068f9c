import type { Metric } from '#sdk'

export interface SurveyType {
  metric: Metric
  scale: { min: number; max: number }
  /** Names of the groups, each with the lowest score it takes; highest first. */
  groups: readonly (readonly [from: number, name: string])[]
  latestAttribute: `latest${string}Num`
}

const fromFive = (high: string, middle: string, low: string) =>
  [
    [4, high],
    [3, middle],
    [1, low],
  ] as const
const promoters = [
  [9, 'promoter'],
  [7, 'passive'],
  [0, 'detractor'],
] as const

/**
 * The ten survey types with their scores and groups, as in the provider's own SDK fixtures
 * (delighted-ios Example/Tests/sample_*.json, delighted-android SurveyTypeIdentifier.kt). Only `nps` is documented in
 * webhooks; that the others arrive under these ids is inferred.
 */
export const surveyTypes: Record<string, SurveyType> = {
  nps: { metric: 'nps', scale: { min: 0, max: 10 }, groups: promoters, latestAttribute: 'latestNpsNum' },
  enps: { metric: 'enps', scale: { min: 0, max: 10 }, groups: promoters, latestAttribute: 'latestEnpsNum' },
  csat: {
    metric: 'csat',
    scale: { min: 1, max: 5 },
    groups: fromFive('satisfied', 'neutral', 'dissatisfied'),
    latestAttribute: 'latestCsatNum',
  },
  csat3: {
    metric: 'csat',
    scale: { min: 1, max: 3 },
    groups: [
      [3, 'satisfied'],
      [2, 'neutral'],
      [1, 'dissatisfied'],
    ],
    latestAttribute: 'latestCsat3Num',
  },
  ces: {
    metric: 'ces',
    scale: { min: 1, max: 5 },
    groups: fromFive('agree', 'neutral', 'disagree'),
    latestAttribute: 'latestCesNum',
  },
  ces7: {
    metric: 'ces',
    scale: { min: 1, max: 7 },
    groups: [
      [5, 'agree'],
      [4, 'neutral'],
      [1, 'disagree'],
    ],
    latestAttribute: 'latestCes7Num',
  },
  stars_five: {
    metric: 'stars',
    scale: { min: 1, max: 5 },
    latestAttribute: 'latestStarsNum',
    groups: [
      [5, 'star_5'],
      [4, 'star_4'],
      [3, 'star_3'],
      [2, 'star_2'],
      [1, 'star_1'],
    ],
  },
  smileys: {
    metric: 'smileys',
    scale: { min: 1, max: 5 },
    latestAttribute: 'latestSmileysNum',
    groups: [
      [5, 'very_happy'],
      [4, 'happy'],
      [3, 'neutral'],
      [2, 'unhappy'],
      [1, 'very_unhappy'],
    ],
  },
  thumbs: {
    metric: 'thumbs',
    scale: { min: 0, max: 1 },
    groups: [
      [1, 'thumbs_up'],
      [0, 'thumbs_down'],
    ],
    latestAttribute: 'latestThumbsNum',
  },
  pmf: {
    metric: 'pmf',
    scale: { min: 1, max: 3 },
    latestAttribute: 'latestPmfNum',
    groups: [
      [3, 'very_disappointed'],
      [2, 'mildly_disappointed'],
      [1, 'not_disappointed'],
    ],
  },
}

export function groupOf(type: SurveyType, score: number): string | undefined {
  return type.groups.find(([from]) => score >= from)?.[1]
}
