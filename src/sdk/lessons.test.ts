import { expect, test } from 'vitest'

import { applyLesson, lessonFrom, NotInMail } from './lessons.ts'

const mail = (text: string, { from = 'noreply@shop.example', subject = 'Notice 17' } = {}) => ({
  from: { name: 'Shop', address: from },
  subject,
  text,
})

const first = `A shopper has something to say
Who: Mia Berg (mia@example.com)
Verdict ** of five
In their words
The zipper broke.

I want my money back.
Sent by the shop`
const second = `A shopper has something to say
Who: Ben Roth (ben@example.com)
Verdict **** of five
In their words
It is fine.
For what it costs.
Once more, gladly.
Sent by the shop`
const meaning = {
  kind: 'review',
  values: {
    name: 'Mia Berg',
    email: 'mia@example.com',
    rating: '**',
    content: 'The zipper broke.\nI want my money back.',
  },
}

test('what was said of one mail is found in the next of its shape', () => {
  const lesson = lessonFrom(mail(first), meaning)
  expect(applyLesson(lesson, mail(second))).toEqual({
    kind: 'review',
    values: {
      name: 'Ben Roth',
      email: 'ben@example.com',
      rating: '****',
      content: 'It is fine.\nFor what it costs.\nOnce more, gladly.',
    },
  })
})

test('a mail of another shape, or of another sender, is left alone', () => {
  const lesson = lessonFrom(mail(first), meaning)
  expect(applyLesson(lesson, mail('Your week: 12 new orders'))).toBeUndefined()
  expect(applyLesson(lesson, mail(second, { from: 'x@other.example' }))).toBeUndefined()
})

test('what holds nothing is known by its subject, whatever its numbers', () => {
  const lesson = lessonFrom(mail('You had 12 orders.'), { kind: 'ignored', values: {} })
  expect(applyLesson(lesson, mail('You had 14 orders.', { subject: 'Notice 18' }))).toEqual({
    kind: 'ignored',
    values: {},
  })
  expect(applyLesson(lesson, mail('You had 14 orders.', { subject: 'Review' }))).toBeUndefined()
})

test('what does not stand in the mail cannot be learned', () => {
  const told = mail(first)
  const given = { ...meaning, values: { ...meaning.values, name: 'Somebody else' } }
  expect(() => lessonFrom(told, given)).toThrow(NotInMail)
})
