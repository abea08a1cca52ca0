/** The Hash view of the built page in Chromium, beside `lacpviz predict`. */
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, openPageSite, runPredictJson, textOf, type PageSite } from './page-support.ts';

const PACKET = 'udp [2001:db8::1]:5000 > [2001:db8::2]:53 vlan 108 smac 02:00:00:00:00:11 dmac 02:00:00:00:00:22';

let site: PageSite;
beforeAll(async () => {
  site = await openPageSite();
}, 60_000);
afterAll(() => site.close());

/** On one line: how the words are laid out does not matter here. */
async function wordsOf(locator: Locator): Promise<string> {
  return (await locator.innerText()).replace(/\s+/g, ' ').trim();
}

describe('the Hash view', () => {
  it('works any packet out as the command line does, without a capture', async () => {
    const { page, troubles } = await openPage(site, 'view=hash&hash=layer3+4,linux-5.18,3%3Bovs-balance-tcp,crc,2,7');
    await page.getByTestId('packet').fill(PACKET);
    const linux = await runPredictJson(PACKET, ['--policy', 'layer3+4', '--variant', 'linux-5.18', '--member-count', '3']);
    const ovs = await runPredictJson(PACKET, ['--policy', 'ovs-balance-tcp', '--variant', 'crc', '--basis', '7']);
    const first = page.getByTestId('hash-policy-0');
    await first
      .getByText(linux.hash as string, { exact: true })
      .first()
      .waitFor();
    expect(await wordsOf(first.getByTestId('hash-outcome'))).toMatch(new RegExp(`^member ${linux.member}\\b`));
    const steps = await first.locator('.hash-step').allInnerTexts();
    expect(steps.map((text) => text.replace(/\s+/g, ' '))).toEqual(linux.steps?.map(({ label, value }) => `${label} ${value}`));
    const second = page.getByTestId('hash-policy-1');
    expect(await wordsOf(second.getByTestId('hash-outcome'))).toBe(`bucket ${ovs.bucket}`);
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('turns a bit, and says what it moved', async () => {
    const { page, troubles } = await openPage(site, `view=hash&hash=layer3+4,linux-5.18,2&packet=${encodeURIComponent(PACKET)}`);
    const outcome = page.getByTestId('hash-policy-0').getByTestId('hash-outcome');
    await outcome.waitFor();
    const before = await wordsOf(outcome);
    // A bit that the page says moves the packet does: the other member of two.
    const moving = page.locator('button.packet-bit.moves').first();
    const bit = await moving.getAttribute('data-bit');
    await moving.click();
    await page.getByTestId('last-turn').waitFor();
    await expect.poll(() => wordsOf(outcome)).not.toBe(before);
    const after = await wordsOf(outcome);
    const turned = await page.getByTestId('packet').inputValue();
    expect(turned).not.toBe(PACKET);
    const predicted = await runPredictJson(turned, ['--policy', 'layer3+4', '--variant', 'linux-5.18', '--member-count', '2']);
    expect(after).toMatch(new RegExp(`^member ${predicted.member}\\b`));
    // And back.
    await page.locator(`button[data-bit="${bit}"]`).click();
    await expect.poll(() => page.getByTestId('packet').inputValue()).toBe(PACKET);
    await expect.poll(() => wordsOf(outcome)).toContain(before);
    expect(troubles).toEqual([]);
    await page.close();
  });

  it('says what is wrong with a packet, and answers while the number of members moves', async () => {
    const { page, troubles } = await openPage(site, 'view=hash&hash=layer2,linux-5.18,2');
    await page.getByTestId('packet').fill('tcp 10.0.0.1:4000 >');
    await page.getByText('destination address').first().waitFor();
    expect(await textOf(page, 'packet-trouble')).toContain('destination address');
    await page.getByTestId('packet').fill(PACKET);
    await page.getByTestId('hash-members-0').fill('7');
    const predicted = await runPredictJson(PACKET, ['--policy', 'layer2', '--variant', 'linux-5.18', '--member-count', '7']);
    await page.getByText(`member = hash mod 7`).waitFor();
    expect(await wordsOf(page.getByTestId('hash-outcome'))).toMatch(new RegExp(`^member ${predicted.member}\\b`));
    expect(troubles).toEqual([]);
    await page.close();
  });
});
