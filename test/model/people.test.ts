import { describe, expect, test } from 'vitest';
import { groupsOf, isOperator, isSamePerson } from '../../src/model/people.ts';
import { ids, sampleLandscape } from './samples.ts';

const kim = { objectId: ids.approver, tenantId: ids.managementTenant };
const entra = { objectId: ids.requester, tenantId: ids.managementTenant };
const landscape = sampleLandscape({
  policy: {
    rules: [],
    groups: [
      { name: 'listed', members: [{ name: 'Kim', ...kim }] },
      { name: 'claimed', entraGroups: [entra] },
    ],
  },
});

describe('who somebody is', () => {
  test('is object id and tenant id, whatever their case; who lacks one is nobody', () => {
    const upper = { objectId: kim.objectId.toUpperCase(), tenantId: kim.tenantId.toUpperCase() };
    expect(isSamePerson(kim, upper)).toBe(true);
    expect(isSamePerson(kim, { ...kim, tenantId: ids.managedTenant })).toBe(false);
    expect(isSamePerson({}, {})).toBe(false);
    expect(isSamePerson({ objectId: kim.objectId }, { objectId: kim.objectId })).toBe(false);
  });
});

describe('the groups of somebody', () => {
  test('are those that list them, and those that the platform proves', () => {
    expect(groupsOf(kim, landscape)).toEqual(['listed']);
    expect(groupsOf({ ...kim, groups: [entra.objectId] }, landscape)).toEqual([
      'listed',
      'claimed',
    ]);
    expect(groupsOf({ ...kim, groups: [entra.objectId.toUpperCase()] }, landscape)).toContain(
      'claimed',
    );
  });

  test('are no groups of another tenant, and none without both ids', () => {
    const foreign = { ...kim, tenantId: ids.managedTenant, groups: [entra.objectId] };
    expect(groupsOf(foreign, landscape)).toEqual([]);
    expect(groupsOf({ objectId: kim.objectId, groups: [entra.objectId] }, landscape)).toEqual([]);
  });

  test('include the operators: listed or by app role', () => {
    const withOperator = { ...landscape, operators: [{ name: 'Kim', ...kim }] };
    expect(groupsOf(kim, withOperator)).toEqual(['listed', 'operators']);
    expect(groupsOf({ ...kim, roles: ['Vnet.Operate'] }, landscape)).toContain('operators');
    expect(isOperator({ ...kim, roles: ['Vnet.Approve'] }, landscape)).toBe(false);
  });
});
