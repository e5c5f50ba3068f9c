import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'

import { api } from '../api.ts'
import type { ReplyOf } from '../api.ts'
import { FormCard } from '../features/settings/form-card.tsx'
import { useResourceForm } from '../features/settings/use-resource-form.ts'
import { DryRun } from '../features/surveys/dry-run.tsx'
import { PolicyFields, policyOf, valuesOf } from '../features/surveys/policy-form.tsx'
import { Page } from '../ui/page.tsx'
import { ErrorState, LoadingCards } from '../ui/states.tsx'

/** Whom all survey apps together may ask after a close, and what that would have meant lately. */
export function SurveySettingsPage() {
  const policy = useQuery({
    queryKey: ['survey-policy'],
    queryFn: async () => (await api.call('GET /v1/survey-policy')).data,
  })
  return (
    <Page
      title="Surveys"
      description="Who is asked after a conversation is closed. Every close shows why somebody was asked, or was not."
      width={820}
    >
      {policy.error !== null && <ErrorState error={policy.error} onRetry={() => void policy.refetch()} />}
      {policy.isPending && <LoadingCards count={3} />}
      {policy.data !== undefined && <PolicyForm key={policy.data.rev} {...policy.data} />}
    </Page>
  )
}

function PolicyForm({ policy, rev }: ReplyOf<'GET /v1/survey-policy'>['data']) {
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: valuesOf(policy),
    save: (values) => api.call('PUT /v1/survey-policy', { body: { policy: policyOf(values), rev } }),
    touches: ['survey-policy'],
    onSaved: () => notifications.show({ message: 'Saved. It counts for surveys that are scheduled already, too.' }),
  })
  return (
    <>
      <FormCard title="Who is asked" onSubmit={submit} canSave={form.isDirty()} {...{ isSaving, problem }}>
        <PolicyFields form={form} />
      </FormCard>
      <DryRun policy={() => policyOf(form.getValues())} />
    </>
  )
}
