import { z } from 'zod'

import { may, only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, orgRelation } from '../../platform/http/envelope.ts'
import { recordEvents } from '../events/events.ts'
import { completeProperties, readMetadata } from './metadata.ts'
import { MetadataAttributes, MetadataUpdate } from './schema.ts'
import { mergeOtherMetadata, mergeProperties } from './store.ts'
import type { MetadataRow } from './store.ts'

const params = z.object({
  resource: z
    .string()
    .max(200)
    .regex(
      /^(customer|conversation|company|message|user|kobject\.[A-Za-z0-9_-]+)$/,
      'must be customer, conversation, company, message, user or kobject.<klass>',
    ),
})

export const metadataRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/metadata/:resource',
    tag: 'Custom objects',
    summary: 'Read the custom attributes of a resource',
    access: may('read', 'metadata', 'org.user.klass.read', 'org.permission.klass.read'),
    params,
    status: 200,
    reply: document(MetadataAttributes),
    handle: ({ db, params: { resource } }) =>
      db.read(async (reader) => show(db.orgId, resource, await readMetadata(reader, resource))),
  }),
  endpoint({
    method: 'PUT',
    path: '/v1/metadata/:resource',
    tag: 'Custom objects',
    summary: 'Add or change custom attributes of a resource',
    access: only('metadata', 'org.admin.metadata.write', 'org.permission.metadata.update'),
    params,
    body: MetadataUpdate,
    status: 200,
    reply: document(MetadataAttributes),
    handle: ({ db, params: { resource }, body }) =>
      db.write(async (tx) => {
        await mergeProperties(tx, resource, completeProperties(body.properties ?? {}), 'overwrite')
        await mergeOtherMetadata(tx, resource, body)
        await recordEvents(tx, [
          {
            name: 'kustomer.metadata.update',
            objectType: `metadata.${resource}`,
            objectId: db.orgId,
            data: { resource },
          },
        ])
        return show(db.orgId, resource, await readMetadata(tx, resource))
      }),
  }),
]

function show(orgId: string, resource: string, row: MetadataRow) {
  return {
    data: {
      type: 'metadata',
      id: resource,
      attributes: {
        properties: row.properties,
        standardProperties: row.standard_properties,
        relationships: row.relationships,
        validations: row.validations,
      },
      relationships: orgRelation(orgId),
      links: { self: `/v1/metadata/${resource}` },
    },
  }
}
