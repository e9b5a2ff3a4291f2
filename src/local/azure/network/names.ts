import { type AnsweringService, ArmError } from '../contracts.ts';

/** Names of network managers, pools and what lives in them (azure-ipam 4). */
const namePattern = /^[0-9a-zA-Z]([0-9a-zA-Z_.-]{0,62}[0-9a-zA-Z_])?$/;

export function requireName(name: string, service: AnsweringService): void {
  if (!namePattern.test(name)) {
    throw new ArmError(
      400,
      'InvalidResourceName',
      `Resource name ${name} is invalid. The name can be up to 64 characters long. It must begin with a letter or digit, and it must end with a letter, digit or '_'. The name may contain letters, digits, '.', '-' and '_'.`,
      service,
    );
  }
}

/** Names of VNets, subnets and peerings, as the network resource provider takes them. */
const nrpNamePattern = /^\w([\w.-]{0,78}\w)?$/;

export function requireNrpName(name: string): void {
  if (!nrpNamePattern.test(name)) {
    throw new ArmError(
      400,
      'InvalidResourceName',
      `Resource name ${name} is invalid. The name can be up to 80 characters long. It must begin with a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.`,
      'nrp',
    );
  }
}
