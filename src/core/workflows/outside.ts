import type { Reader } from '../../platform/db/database.ts'
import { findInstallationsOf } from '../apps/apps.ts'
import { openSettings } from '../apps/settings.ts'
import { ActionFailed } from './actions/action.ts'
import type { Action, ActionServices } from './actions/action.ts'
import { asText } from './as-text.ts'
import { failure, inputOf, scopeOf } from './progress.ts'
import type { Outcome, Progress } from './progress.ts'
import type { Step } from './schema.ts'
import { hidden, withoutSecrets } from './variables.ts'
import type { Variables } from './variables.ts'

/** A call that is ready to be made, and what may be shown of it. */
export interface PreparedCall {
  input: unknown
  shown: unknown
  secrets: string[]
}

/** The settings of apps that a step names, opened for the call alone (facts 4.2): a name to `<app>.<category>.<setting>`. */
async function appSettingsOf(reader: Reader, { vault }: ActionServices, step: Step): Promise<Record<string, unknown>> {
  const wanted = step.params['appSettings']
  if (typeof wanted !== 'object' || wanted === null) {
    return {}
  }
  const found: Record<string, unknown> = {}
  for (const [name, it] of Object.entries(wanted as Record<string, { key?: unknown }>)) {
    const [app = '', , ...setting] = asText(it.key).split('.')
    const [installation] = await findInstallationsOf(reader, app)
    if (installation === undefined) {
      throw new ActionFailed(`The app ${app} is not installed.`, { code: 'notfound' })
    }
    found[name] = (openSettings(vault, installation) as Record<string, unknown>)[setting.join('.')]
  }
  return found
}

/** Fills in a call's parameters, secrets included; throws what is wrong with them. */
export async function prepareCall(
  reader: Reader,
  services: ActionServices,
  action: Action,
  progress: Progress,
  step: Step,
  variables: Variables,
): Promise<PreparedCall> {
  const appSettings = await appSettingsOf(reader, services, step)
  const { appSettings: _named, ...params } = step.params
  const scope = { ...scopeOf(progress, variables.open), appSettings }
  const masked = Object.fromEntries(Object.keys(appSettings).map((name) => [name, hidden]))
  const shownScope = { ...scopeOf(progress, variables.shown), appSettings: masked }
  const secrets = [...variables.secrets, ...Object.values(appSettings).filter((it) => typeof it === 'string')]
  return {
    input: inputOf(action, params, scope),
    shown: withoutSecrets(inputOf(action, params, shownScope), secrets),
    secrets,
  }
}

/** Makes the call. `mayPass`: it failed in a way that may be over soon. */
export async function makeCall(
  services: ActionServices,
  action: Extract<Action, { kind: 'outside' }>,
  step: Step,
  { input, secrets }: PreparedCall,
  idempotencyKey: string,
): Promise<{ outcome: Outcome; mayPass: boolean }> {
  try {
    const output = await action.call({ services, idempotencyKey }, input as Record<string, unknown>)
    return { outcome: { kind: 'done', output: withoutSecrets(output, secrets) }, mayPass: false }
  } catch (error) {
    const mayPass = error instanceof ActionFailed && error.details.mayPass === true
    if (error instanceof ActionFailed && error.details.status !== undefined && looksAtStatus(step)) {
      const { status: statusCode, body } = error.details
      return {
        outcome: { kind: 'done', output: withoutSecrets({ response: { statusCode, headers: {} }, body }, secrets) },
        mayPass,
      }
    }
    const outcome = failure(error, step)
    return { outcome: { ...outcome, error: withoutSecrets(outcome.error, secrets) }, mayPass }
  }
}

/** A step that goes on by the status of its answer takes every answer for one. */
function looksAtStatus(step: Step): boolean {
  return JSON.stringify(step.transitions).includes(`steps.${step.id}.response.statusCode`)
}
