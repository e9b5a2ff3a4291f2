import { formatCount, parseCount } from '../sizes.ts';
import { type AllocateDraft, ipv4LengthOf, type Offer } from './allocate-draft.ts';
import { checkCommon, type Faults } from './common-draft.ts';
import { subnetFit } from './subnet-fit.ts';

const least = 8n;
const most = 1n << 24n;

/** Everything that is wrong with a draft, by field. The API checks again; this is for people who are typing. */
export function checkAllocate(draft: AllocateDraft, offer: Offer): Faults {
  return {
    ...checkTarget(draft),
    ...checkSpace(draft, offer),
    ...checkSubnets(draft),
    ...checkTags(draft, offer),
    ...checkCommon(draft),
  };
}

function checkTarget(draft: AllocateDraft): Faults {
  const faults: Record<string, string> = {};
  if (draft.tenant === '') faults['tenant'] = 'Choose the tenant that is to own the VNet.';
  if (draft.subscriptionId === '') faults['subscriptionId'] = 'Choose a subscription.';
  if (draft.resourceGroup === '') faults['resourceGroup'] = 'Name the resource group.';
  else if (!/^[\p{L}\p{N}._()-]{0,89}[\p{L}\p{N}_()-]$/u.test(draft.resourceGroup)) {
    faults['resourceGroup'] =
      'Use at most 90 letters, digits, ".", "_", "-", "(" and ")", not ending with ".".';
  }
  if (draft.virtualNetwork === '') faults['virtualNetwork'] = 'Name the VNet.';
  else if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}[A-Za-z0-9_]$/.test(draft.virtualNetwork)) {
    faults['virtualNetwork'] =
      'Use 2 to 64 letters, digits, ".", "_" and "-"; begin with a letter or digit.';
  }
  if (draft.location === '') faults['location'] = 'Choose a region.';
  return faults;
}

function checkSpace(draft: AllocateDraft, { pools }: Offer): Faults {
  if (draft.location === '') return {};
  if (draft.ipv4Pool === '' && draft.ipv6Pool === '') {
    return { ipv4Pool: 'Choose a pool of IPv4, of IPv6, or of both.' };
  }
  if (draft.ipv4Pool === '') return {};
  const count = parseCount(draft.ipv4Addresses);
  if (count === undefined) return { ipv4Addresses: 'Give a whole number of addresses, as in 256.' };
  if (count < least) return { ipv4Addresses: 'A VNet has at least 8 addresses (/29).' };
  if (count > most) return { ipv4Addresses: `A VNet has at most ${formatCount(most)} here (/8).` };
  const available = pools.find(({ alias }) => alias === draft.ipv4Pool)?.availableIpAddresses;
  if (available !== undefined && count > BigInt(available)) {
    return { ipv4Addresses: `The pool has only ${formatCount(available)} addresses left.` };
  }
  return {};
}

function checkSubnets(draft: AllocateDraft): Faults {
  const faults: Record<string, string> = {};
  const names = new Set<string>();
  for (const { key, name, addresses } of draft.subnets) {
    const field = `subnet-${key}`;
    if (!/^[A-Za-z0-9]([A-Za-z0-9._-]{0,78}[A-Za-z0-9_])?$/.test(name)) {
      faults[`${field}-name`] =
        'Use 1 to 80 letters, digits, ".", "_" and "-"; begin with a letter or digit.';
    } else if (names.has(name.toLowerCase())) {
      faults[`${field}-name`] = 'Another subnet has this name already.';
    }
    names.add(name.toLowerCase());
    if (draft.ipv4Pool === '') continue;
    const count = parseCount(addresses);
    if (count === undefined || ipv4LengthOf(addresses) === undefined) {
      faults[`${field}-size`] = 'Give a whole number of addresses, as in 64.';
    } else if (count < least) faults[`${field}-size`] = 'A subnet has at least 8 addresses (/29).';
  }
  if (draft.subnets.length > 64) faults['subnets'] = 'A request holds at most 64 subnets.';
  const fit = subnetFit(draft);
  if (fit !== undefined && !fit.fits) faults['subnets'] = fit.text;
  return faults;
}

function checkTags(draft: AllocateDraft, { requiredTags }: Offer): Faults {
  const faults: Record<string, string> = {};
  const names = new Set<string>();
  for (const { key, name, value } of draft.tags) {
    const known = name.trim().toLowerCase();
    const isRequired = requiredTags.some((required) => required.toLowerCase() === known);
    if (known === '' && value.trim() === '') continue;
    if (known === '') faults[`tag-${key}-name`] = 'Name the tag.';
    else if (known === 'vnet-vending-request') {
      faults[`tag-${key}-name`] = 'This tag is set by the workflow.';
    } else if (/[<>%&\\?/]/.test(name)) {
      faults[`tag-${key}-name`] = 'Names of tags hold no < > % & \\ ? /.';
    } else if (names.has(known)) faults[`tag-${key}-name`] = 'Another tag has this name already.';
    if (isRequired && value.trim() === '') {
      faults[`tag-${key}-value`] = `Every VNet needs the tag ${name}.`;
    } else if (value.length > 256) faults[`tag-${key}-value`] = 'Use at most 256 characters.';
    names.add(known);
  }
  return faults;
}
