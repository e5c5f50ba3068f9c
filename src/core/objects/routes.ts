import { z } from 'zod'

import { may, only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, page, pageOf, PageQuery } from '../../platform/http/envelope.ts'
import { isId } from '../../platform/ids.ts'
import { getCompany } from '../companies/companies.ts'
import { getCustomer } from '../customers/customers.ts'
import { followObject } from '../timeline/timeline.ts'
import {
  createKlass,
  createObject,
  deleteKlass,
  deleteObject,
  getKlass,
  getKlassById,
  getObject,
  getObjectByExternalId,
  listKlasses,
  listObjects,
  updateKlass,
  updateObject,
} from './objects.ts'
import {
  KlassAttributes,
  KlassInput,
  KlassStatus,
  KlassUpdate,
  KObjectAttributes,
  KObjectInput,
  KObjectUpdate,
} from './schema.ts'
import { showKlass, showObject } from './show.ts'

const tag = 'Custom objects'
const klassWrite = only('klass', 'org.admin.klass.write', 'org.permission.klass.create', 'org.permission.klass.update')
const byName = z.object({ name: z.string().max(128) })
const byNameAndId = z.object({ name: z.string().max(128), id: z.string().max(64) })
const fromDate = z.iso.datetime({ offset: true }).or(z.iso.date()).optional()
const objectReply = document(KObjectAttributes)
const objectPage = page(KObjectAttributes)

/** A path part of 24 hexadecimal characters is a klass, any other the objects of the klass of that name (facts 1.11). */
export const objectsRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/klasses',
    tag,
    summary: 'List klasses',
    access: may('read', 'klass', 'org.admin.klass.read'),
    query: PageQuery.extend({ status: KlassStatus.default('enabled') }),
    status: 200,
    reply: page(KlassAttributes),
    handle: ({ db, query }) =>
      db.read(async (reader) =>
        pageOf(
          '/v1/klasses',
          query,
          (await listKlasses(reader, query.status, query.pageSize + 1, (query.page - 1) * query.pageSize)).map(
            showKlass,
          ),
        ),
      ),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/klasses',
    tag,
    summary: 'Create a klass',
    access: klassWrite,
    body: KlassInput,
    status: 200,
    reply: document(KlassAttributes),
    handle: ({ db, by, body }) => db.write(async (tx) => ({ data: showKlass(await createKlass(tx, by, body)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/klasses/:name',
    tag,
    summary: 'Read a klass by its id, or list the objects of a klass by its name',
    params: byName,
    access: may('read', 'klass', 'org.admin.klass.read'),
    query: PageQuery.extend({ fromDate }),
    status: 200,
    reply: z.union([document(KlassAttributes), objectPage]),
    handle: ({ db, params, query }) =>
      db.read(async (reader) => {
        if (isId(params.name)) {
          return { data: showKlass(await getKlassById(reader, params.name)) }
        }
        const klass = await getKlass(reader, params.name)
        const rows = await listObjects(
          reader,
          { klass: klass.name, fromDate: query.fromDate },
          query.pageSize + 1,
          (query.page - 1) * query.pageSize,
        )
        return pageOf(`/v1/klasses/${klass.name}`, query, rows.map(showObject))
      }),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/klasses/:name',
    tag,
    summary: 'Create an object',
    access: may('create', 'kobject'),
    params: byName,
    body: KObjectInput,
    status: 201,
    reply: objectReply,
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => {
        const row = await createObject(tx, by, await getKlass(tx, params.name), body)
        await followObject(tx, undefined, row)
        return { data: showObject(row) }
      }),
  }),
  endpoint({
    method: 'PUT',
    path: '/v1/klasses/:name',
    tag,
    summary: 'Change a klass',
    access: klassWrite,
    params: byName,
    body: KlassUpdate,
    status: 200,
    reply: document(KlassAttributes),
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({ data: showKlass(await updateKlass(tx, by, params.name, body)) })),
  }),
  endpoint({
    method: 'DELETE',
    path: '/v1/klasses/:name',
    tag,
    summary: 'Delete a klass that has no objects',
    params: byName,
    status: 204,
    reply: z.void(),
    access: only('klass', 'org.admin.klass.write', 'org.permission.klass.delete'),
    handle: ({ db, by, params }) => db.write((tx) => deleteKlass(tx, by, params.name)),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/klasses/:name/externalId=:value',
    tag,
    summary: 'Find an object by its external id',
    access: may('read', 'kobject'),
    params: byName.extend({ value: z.string().min(1).max(255) }),
    status: 200,
    reply: objectReply,
    handle: ({ db, params }) =>
      db.read(async (reader) => ({
        data: showObject(await getObjectByExternalId(reader, (await getKlass(reader, params.name)).name, params.value)),
      })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/klasses/:name/:id',
    tag,
    summary: 'Read an object',
    access: may('read', 'kobject'),
    params: byNameAndId,
    status: 200,
    reply: objectReply,
    handle: ({ db, params }) =>
      db.read(async (reader) => ({
        data: showObject(await getObject(reader, (await getKlass(reader, params.name)).name, params.id)),
      })),
  }),
  endpoint({
    method: 'PUT',
    path: '/v1/klasses/:name/:id',
    tag,
    summary: 'Change an object, or move it to another customer',
    access: may('update', 'kobject'),
    params: byNameAndId,
    body: KObjectUpdate,
    status: 200,
    reply: objectReply,
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => {
        const { before, after } = await updateObject(tx, by, await getKlass(tx, params.name), params.id, body)
        await followObject(tx, before, after)
        return { data: showObject(after) }
      }),
  }),
  endpoint({
    method: 'DELETE',
    path: '/v1/klasses/:name/:id',
    tag,
    summary: 'Delete an object',
    access: may('delete', 'kobject'),
    params: byNameAndId,
    status: 204,
    reply: z.void(),
    handle: ({ db, by, params }) =>
      db.write(async (tx) =>
        followObject(tx, await deleteObject(tx, by, await getKlass(tx, params.name), params.id), undefined),
      ),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/customers/:id/klasses/:name',
    tag,
    summary: "List a customer's objects of a klass",
    access: may('read', 'customer'),
    params: byNameAndId,
    query: PageQuery,
    status: 200,
    reply: objectPage,
    handle: ({ db, params, query }) =>
      db.read(async (reader) => {
        await getCustomer(reader, params.id)
        const klass = await getKlass(reader, params.name)
        const rows = await listObjects(
          reader,
          { klass: klass.name, customerId: params.id },
          query.pageSize + 1,
          (query.page - 1) * query.pageSize,
        )
        return pageOf(`/v1/customers/${params.id}/klasses/${klass.name}`, query, rows.map(showObject))
      }),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/customers/:id/klasses/:name',
    tag,
    summary: 'Create an object on a customer',
    access: may('create', 'kobject'),
    params: byNameAndId,
    body: KObjectInput,
    status: 201,
    reply: objectReply,
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => {
        await getCustomer(tx, params.id)
        const row = await createObject(tx, by, await getKlass(tx, params.name), { ...body, customer: params.id })
        await followObject(tx, undefined, row)
        return { data: showObject(row) }
      }),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/companies/:id/klasses/:name',
    tag,
    summary: "List a company's objects of a klass",
    access: may('read', 'company'),
    params: byNameAndId,
    query: PageQuery,
    status: 200,
    reply: objectPage,
    handle: ({ db, params, query }) =>
      db.read(async (reader) => {
        const company = await getCompany(reader, params.id)
        const klass = await getKlass(reader, params.name)
        const filter = { klass: klass.name, companyId: company.id }
        const rows = await listObjects(reader, filter, query.pageSize + 1, (query.page - 1) * query.pageSize)
        return pageOf(`/v1/companies/${company.id}/klasses/${klass.name}`, query, rows.map(showObject))
      }),
  }),
]
