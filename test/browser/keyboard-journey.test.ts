import { describe, expect, it } from 'vitest';
import { KeyboardUser } from './support/keyboard.ts';
import { LocalPage } from './support/local-page.ts';

const soon = { timeout: 60_000 };

async function signIn(user: KeyboardUser, name: string): Promise<void> {
  await user.press(user.page.getByRole('link', { name: 'Sign in' }));
  await user.press(user.page.getByRole('button', { name }));
  await user.page.getByRole('navigation', { name: 'Main' }).waitFor();
}

const state = (user: KeyboardUser, text: string): Promise<void> =>
  user.page.locator('.page-title .badge', { hasText: text }).waitFor(soon);

const button = (user: KeyboardUser, name: string) =>
  user.page.getByRole('button', { name, exact: true });

const entry = (user: KeyboardUser, name: string) =>
  user.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name });

/** From wherever one is over the inbox to the request, and approves it. */
async function approve(user: KeyboardUser, id: string): Promise<void> {
  await user.press(entry(user, 'Approvals'));
  await user.page.getByRole('link', { name: id }).waitFor(soon);
  await user.press(user.page.getByRole('link', { name: id }));
  await user.press(button(user, 'Approve…'));
  await user.press(
    user.page.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true }),
  );
  await user.page.getByText('Ben Approver approved').waitFor(soon);
}

describe('the journey by keyboard alone', () => {
  const local = new LocalPage();

  it('goes from request over approval to the VNet on the map of the pool, and back again', async () => {
    const ada = new KeyboardUser(await local.open('/'));
    await signIn(ada, 'Ada Requester');
    await ada.press(entry(ada, 'New request'));
    // The heading of the new page has the focus: the form is what comes next.
    await ada.choose(ada.page.getByLabel('Tenant'), 'fabrikam');
    await ada.write(ada.page.getByLabel('Resource group'), 'rg-web');
    await ada.write(ada.page.getByLabel('Name of the VNet'), 'vnet-keys');
    await ada.choose(ada.page.getByLabel('Region'), 'centralus');
    await ada.write(ada.page.getByLabel('Addresses'), '2000');
    await ada.press(button(ada, 'Add a subnet'));
    await ada.write(ada.page.locator('#subnet-1-name'), 'app');
    await ada.write(ada.page.locator('#subnet-1-size'), '100');
    await ada.write(ada.page.getByLabel('Reason'), 'Asked for without a mouse');
    await ada.write(ada.page.getByLabel('Request id'), 'RITM0080001');
    await ada.press(button(ada, 'Show the plan'));
    await ada.page.getByText('Needs an approval').waitFor(soon);
    await ada.press(button(ada, 'Send the request'));
    await state(ada, 'Awaiting approval');

    const ben = new KeyboardUser(await local.open('/'));
    await signIn(ben, 'Ben Approver');
    await approve(ben, 'RITM0080001');
    await state(ada, 'Succeeded');

    await ada.press(entry(ada, 'Pools'));
    await ada.press(
      ada.page.getByRole('main').getByRole('link', { name: 'corp-centralus', exact: true }),
    );
    await ada.page.getByText('vnet-keys').first().waitFor(soon);

    await ada.press(entry(ada, 'My requests'));
    await ada.press(ada.page.getByRole('link', { name: 'RITM0080001' }));
    await ada.press(ada.page.getByRole('link', { name: 'Remove the VNet…' }));
    await ada.write(ada.page.getByLabel('Reason'), 'Removed without a mouse');
    await ada.write(ada.page.getByLabel('Request id'), 'RITM0080002');
    await ada.press(button(ada, 'Show the plan'));
    await button(ada, 'Send the request').waitFor(soon);
    await ada.press(button(ada, 'Send the request'));
    await state(ada, 'Awaiting approval');
    await approve(ben, 'RITM0080002');
    await state(ada, 'Succeeded');

    await ada.press(entry(ada, 'Pools'));
    await ada.press(
      ada.page.getByRole('main').getByRole('link', { name: 'corp-centralus', exact: true }),
    );
    await ada.page.getByRole('heading', { level: 1, name: 'corp-centralus' }).waitFor();
    await ada.page.locator('.skeleton').first().waitFor({ state: 'detached' });
    await expect.poll(() => ada.page.getByText('vnet-keys').count()).toBe(0);
  }, 240_000);
});
