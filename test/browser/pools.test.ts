import type { Locator, Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { problem } from '../web/fake-routes.ts';
import { busyPool, busyPoolOfIPv6, nearlyFullPool } from '../web/samples/busy-pools.ts';
import { keepScreenshot, type Look, seriousFindings } from './support/browser.ts';
import { PageBench } from './support/page-bench.ts';

/** A fixed day: pictures of the same page are to be the same. */
const now = Date.parse('2026-06-01T08:00:00Z');

describe('the pools of the page', () => {
  const bench = new PageBench();
  beforeEach(() => {
    bench.world.pools.push(busyPool(now), busyPoolOfIPv6(now), nearlyFullPool(now));
  });
  const open = (path: string, look: Look = {}): Promise<Page> =>
    bench.open(path, { person: 'olu', ...look });
  const mapOf = (page: Page): Locator => page.getByRole('grid', { name: /^Address map/ });
  const tile = (page: Page, name: RegExp): Locator => mapOf(page).getByRole('gridcell', { name });
  const focused = (page: Page): Promise<string | null> =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null);
  const queryOf = (page: Page): string => decodeURIComponent(new URL(page.url()).search);
  const overflow = (page: Page): Promise<number> =>
    page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );

  describe('the list', () => {
    it('shows how full each pool is, warns of a full one and says why one cannot be read', async () => {
      const page = await open('/pools');
      const row = (name: string): Locator =>
        page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });

      await page.getByRole('link', { name: 'corp-northeurope', exact: true }).waitFor();
      await expect
        .poll(() => row('corp-northeurope').innerText())
        .toMatch(/32% allocated, 3\.6% reserved.*340,016 addresses/);
      await expect.poll(() => row('corp-northeurope-v6').innerText()).toContain('/64s');
      await expect.poll(() => row('edge-uksouth').innerText()).toContain('Nearly full');
      await expect.poll(() => row('corp-northeurope').innerText()).not.toContain('Nearly full');
      await expect
        .poll(() => row('corp-westeurope').innerText())
        .toContain('may not read the pool');
    });

    it('says so when there is no pool', async () => {
      bench.world.pools = [];
      const page = await open('/pools');

      await page.getByText('The landscape has no pools').waitFor();
    });

    it('says what to do when the pools cannot be read', async () => {
      bench.world.faults['GET /api/pools'] = problem(
        503,
        'Busy',
        'Azure is busy.',
        'Wait a minute.',
      );
      const page = await open('/pools');
      await page.getByText('Wait a minute.').waitFor();
      delete bench.world.faults['GET /api/pools'];

      await page.getByRole('button', { name: 'Try again' }).click();

      await page.getByRole('link', { name: 'edge-uksouth' }).waitFor();
    });
  });

  describe('the address map', () => {
    it('shows who holds what, and looks into a partly used block on a click', async () => {
      const page = await open('/pools/corp-northeurope');

      await tile(page, /^corp-branches 10\.39\.0\.0\/16.*child pool/).waitFor();
      await tile(page, /^10\.33\.0\.0\/20, partly used, 1 allocated, 75% free/).click();

      await tile(page, /^vnet-retail-dr-18 10\.33\.0\.0\/22/).waitFor();
      expect(queryOf(page)).toBe('?at=10.33.0.0/20');
      await page.getByRole('navigation', { name: 'Zoom' }).getByText('10.33.0.0/16').click();
      expect(queryOf(page)).toBe('?at=10.33.0.0/16');
      await page.goBack();
      await page.goBack();
      await tile(page, /^corp-branches/).waitFor();
      expect(queryOf(page)).toBe('');
    });

    it('looks into a row on a click on its prefix', async () => {
      const page = await open('/pools/corp-northeurope');
      await mapOf(page).getByRole('rowheader', { name: '10.35.0.0/16' }).click();

      await tile(page, /^vnet-data-test-20 10\.35\.192\.0\/23/).waitFor();
      expect(queryOf(page)).toBe('?at=10.35.0.0/16');
    });

    it('tells details of what one points at and of what was chosen, with a link to the request', async () => {
      const page = await open('/pools/corp-northeurope');
      await tile(page, /^vnet-data-dr-01/).click();

      await page.getByRole('link', { name: 'RITM0012300' }).first().waitFor();
      expect(queryOf(page)).toBe('?at=10.32.0.0/12&block=10.34.0.0/16');
      await page.reload();
      await tile(page, /^vnet-data-dr-01/)
        .and(page.locator('[aria-selected=true]'))
        .waitFor();
      await page.getByText('up to 10.34.255.255').waitFor();
    });

    it('is gone through by keyboard: one stop, arrows, in, out, and the focus stays in it', async () => {
      const page = await open('/pools/corp-northeurope');
      await tile(page, /^10\.32\.0\.0\/20, partly used/).waitFor();
      await expect.poll(() => mapOf(page).locator('[tabindex="0"]').count()).toBe(1);

      await mapOf(page).locator('[tabindex="0"]').focus();
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => focused(page)).toMatch(/^10\.33\.0\.0\/20, partly used/);
      await page.keyboard.press('Enter');
      await tile(page, /^vnet-retail-dr-18/).waitFor();
      await expect.poll(() => focused(page)).toMatch(/^vnet-retail-dr-18 10\.33\.0\.0\/22/);

      await page.keyboard.press('Escape');
      await tile(page, /^reserved 10\.33\.16\.0\/20/).waitFor();
      expect(queryOf(page)).toBe('?at=10.33.0.0/16');
      await expect.poll(() => focused(page)).toMatch(/^vnet-retail-dr-18/);
      await page.keyboard.press('-');
      await tile(page, /^corp-branches/).waitFor();
      await expect.poll(() => focused(page)).toMatch(/^10\.33\.0\.0\/20, partly used/);

      await page.keyboard.press('+');
      await tile(page, /^reserved 10\.33\.16\.0\/20/).waitFor();
      await page.keyboard.press('End');
      await expect.poll(() => focused(page)).toMatch(/^free 10\.33\.8\.0\/21/);
      await page.keyboard.press('Control+End');
      await page.keyboard.press(' ');
      expect(queryOf(page)).toMatch(/at=10\.33\.0\.0\/16&block=10\.33\.2/);
      await page.keyboard.press('Tab');
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.closest('svg.map')))
        .toBeNull();
    });

    it('finds who holds an address, and shows it on the map', async () => {
      const page = await open('/pools/corp-northeurope');
      await page.getByRole('searchbox', { name: 'Find' }).fill('10.35.228.170');
      await page.getByRole('heading', { name: 'Blocks that match “10.35.228.170”' }).waitFor();
      const table = page.getByRole('table', { name: /match/ });
      await expect.poll(() => table.getByRole('row').count()).toBe(2);
      await expect.poll(() => table.innerText()).toContain('vnet-web-dev-37');
      await page.getByRole('link', { name: '10.35.228.160/27 on the map' }).click();

      await tile(page, /^vnet-web-dev-37 10\.35\.228\.160\/27/).waitFor();
      expect(queryOf(page)).toContain('at=10.35.228.0/24');
      expect(queryOf(page)).toContain('block=10.35.228.160/27');
    });

    it('goes as deep in IPv6 as there are addresses, and says the way back', async () => {
      const page = await open('/pools/corp-northeurope-v6?find=/64');
      const smallest = busyPoolOfIPv6(now).blocks.find(
        ({ prefix, kind }) => kind === 'allocated' && prefix.endsWith('/64'),
      );
      const prefix = smallest?.prefix ?? '';
      await page.getByRole('searchbox', { name: 'Find' }).fill(prefix);
      await page.getByRole('link', { name: `${prefix} on the map` }).click();

      await tile(page, new RegExp(`^${smallest?.holder?.name} .*/64, allocated, 1 /64`)).waitFor();
      const path = page.getByRole('navigation', { name: 'Zoom' }).getByRole('listitem');
      expect((await path.allInnerTexts()).map((text) => text.replace(/.*\//, '/'))).toEqual([
        ...['/32', '/36', '/40', '/44', '/48', '/52', '/56', '/60'],
      ]);
    });

    it('is told in a table, too: what is used, free, or everything', async () => {
      const page = await open('/pools/corp-northeurope');
      const show = page.getByRole('combobox', { name: 'Show' });
      await page.getByText('47 blocks', { exact: true }).waitFor();
      expect(
        await page
          .getByRole('table', { name: /^Blocks in/ })
          .getByRole('row')
          .count(),
      ).toBe(11);
      await page.getByRole('button', { name: 'Show more' }).click();
      expect(
        await page
          .getByRole('table', { name: /^Blocks in/ })
          .getByRole('row')
          .count(),
      ).toBe(48);

      await show.selectOption('Free');
      await page
        .getByRole('link', { name: '10.44.0.0/14 on the map' })
        .waitFor({ state: 'detached' });
      expect(queryOf(page)).toBe('?show=free');
      await page
        .getByRole('table', { name: /^Blocks in/ })
        .getByText('Allocated')
        .waitFor({ state: 'detached' });
    });

    it('says how much free space is in one piece', async () => {
      const page = await open('/pools/corp-northeurope');
      await page.getByText('39.1% of what is free').waitFor();
      await page.getByRole('link', { name: '10.44.0.0/14' }).first().click();

      expect(queryOf(page)).toBe('?at=10.32.0.0/12&block=10.44.0.0/14');
    });

    it('shows an allocation that comes while one looks at it, and keeps the focus where it is', async () => {
      const page = await open('/', {});
      await page.clock.install();
      await page.goto('/pools/corp-centralus?at=10.0.0.0/20');
      await tile(page, /^reserved 10\.0\.2\.0\/23/).focus();
      const [pool] = bench.world.pools;
      const block = pool?.blocks.find(({ prefix }) => prefix === '10.0.1.0/24');
      Object.assign(block ?? {}, {
        kind: 'allocated',
        holder: { resourceId: '/virtualNetworks/vnet-new', name: 'vnet-new' },
      });
      await expect.poll(() => tile(page, /^vnet-new/).count()).toBe(0);

      await page.clock.fastForward(16_000);

      await tile(page, /^vnet-new 10\.0\.1\.0\/24/).waitFor();
      await expect.poll(() => focused(page)).toMatch(/^reserved 10\.0\.2\.0\/23/);
    });

    it('shows a block that another page leads to, and one of the table where the map is', async () => {
      const page = await open('/pools/corp-northeurope?block=10.35.228.160/27', { height: 400 });
      const block = tile(page, /^vnet-web-dev-37 10\.35\.228\.160\/27/);
      await block.and(page.locator('[aria-selected=true]')).waitFor();
      await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('BODY');
      await page.getByRole('navigation', { name: 'Zoom' }).getByText('10.32.0.0/12').click();
      await tile(page, /^corp-branches/).waitFor();
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.getAttribute('role')))
        .toBe('gridcell');

      await page.getByRole('link', { name: '10.33.112.0/21 on the map' }).click();

      await tile(page, /^vnet-data-dr-14/).waitFor();
      await expect.poll(() => focused(page)).toMatch(/^vnet-data-dr-14/);
      const isInSight = await page.evaluate(() => {
        const { top, bottom } =
          document.activeElement?.getBoundingClientRect() ?? new DOMRect(0, -1);
        return top >= 0 && bottom <= innerHeight;
      });
      expect(isInSight).toBe(true);
    });

    it('does not make up who holds a block where somebody may not know', async () => {
      for (const { blocks } of bench.world.pools) for (const block of blocks) delete block.holder;
      const page = await open('/pools/corp-northeurope', { person: 'ada' });
      await tile(page, /^allocated 10\.39\.0\.0\/16/).click();

      await page.getByText('Who holds it is not for you to see.').waitFor();
      await page.getByRole('cell', { name: 'not for you to see' }).first().waitFor();
    });

    it('takes an address that is none for the whole pool', async () => {
      const page = await open('/pools/corp-northeurope?at=192.168.0.0/16&block=x');

      await tile(page, /^corp-branches/).waitFor();
    });
  });

  it('shows an empty pool, and one that cannot be read, without a map of lies', async () => {
    const page = await open('/pools/corp-centralus-v6');
    await tile(page, /^free fd00:c0::\/32/).waitFor();
    await page.getByText('No samples yet').waitFor();

    await page.goto('/pools/corp-westeurope');
    await page.getByText('Give the application the role IPAM Pool User').waitFor();
    await expect.poll(() => mapOf(page).count()).toBe(0);
  });

  it('leads to the form for a VNet in this pool, which keeps what was chosen there before', async () => {
    const page = await open('/pools/corp-northeurope', { person: 'ada' });
    await page.getByRole('link', { name: 'Ask for a VNet' }).click();
    await page.getByRole('heading', { name: 'New VNet' }).waitFor();
    await page.waitForURL((url) => url.search === '');
    await expect.poll(() => page.getByLabel('Region').inputValue()).toBe('northeurope');
    await expect.poll(() => page.getByLabel('IPv4 pool').inputValue()).toBe('corp-northeurope');

    await page.goto('/new?pool=edge-uksouth');

    await page.waitForURL((url) => url.search === '');
    await expect.poll(() => page.getByLabel('Region').inputValue()).toBe('northeurope');
  });

  it('says that there is no such pool', async () => {
    const page = await open('/pools/nowhere');

    await page.getByText('There is no pool nowhere').waitFor();
  });

  it('shows usage over time in words, as a line and as a table', async () => {
    const page = await open('/pools/corp-northeurope');
    await page.getByText(/^From 7.*% on .* to 32% on .*more\.$/).waitFor();
    await page.getByText('Samples as a table').click();

    await page.getByRole('table', { name: /Samples/ }).waitFor();
  });

  it.each([
    ['light', 1280, true],
    ['dark', 1280, false],
    ['light', 360, false],
    ['dark', 360, true],
  ] as const)(
    'fits and has nothing that axe finds serious, %s, %d wide',
    async (theme, width, withAxe) => {
      for (const [path, name] of [
        ['/pools', 'pools'],
        ['/pools/corp-northeurope', 'pool-map'],
        ['/pools/corp-northeurope?at=10.33.0.0/16&block=10.33.112.0/21', 'pool-map-zoomed'],
        ['/pools/corp-northeurope-v6', 'pool-map-ipv6'],
        ['/pools/corp-northeurope?find=payments', 'pool-find'],
      ] as const) {
        const page = await open(path, { theme, width, height: 900 });
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.locator('svg.map, svg.usage-bar').first().waitFor();

        if (withAxe) expect(await seriousFindings(page)).toEqual([]);
        await expect.poll(() => overflow(page)).toBeLessThanOrEqual(0);
        await keepScreenshot(page, `${name}-${width}-${theme}`);
        await page.context().close();
      }
    },
    120_000,
  );
});
