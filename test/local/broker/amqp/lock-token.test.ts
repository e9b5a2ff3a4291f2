import { expect, test } from 'vitest';
import {
  deliveryTagToToken,
  tokenToDeliveryTag,
  tokenToUuid,
  uuidToToken,
} from '../../../../src/local/broker/amqp/lock-token.ts';

const token = '00112233-4455-6677-8899-aabbccddeeff';

test('a lock token is a delivery tag in the byte order of .NET', () => {
  expect(tokenToDeliveryTag(token).toString('hex')).toBe('33221100554477668899aabbccddeeff');
  expect(deliveryTagToToken(tokenToDeliveryTag(token))).toBe(token);
});

test('a lock token is a uuid in RFC order', () => {
  expect(tokenToUuid(token).toString('hex')).toBe('00112233445566778899aabbccddeeff');
  expect(uuidToToken(tokenToUuid(token))).toBe(token);
});
