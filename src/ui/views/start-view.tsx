import { PasteBox } from '../components/paste-box.tsx';
import { openDialog } from '../store/shown-panels.ts';
import { openSample, SAMPLES } from '../store/samples.ts';
import { formatBytes } from '../../report/quantity.ts';

/** Before anything is open. */
export function StartView() {
  return (
    <div class="start">
      <h1 class="sentence">Which link of the LAG did each flow take, and was it the one its sender’s policy says?</h1>
      <div class="start-grid">
        <div class="stack">
          <section class="panel drop-target">
            <h2>Drop captures here, or anywhere on this page</h2>
            <p>
              One capture per member link, as many as there are, with the state text of either end if you have it. In any order; more can be
              added later.
            </p>
            <p>
              <button type="button" class="button primary" onClick={() => openDialog.run()} data-testid="open">
                Open files
              </button>
            </p>
            <p class="muted">
              pcap and pcapng, plain, gzip or zstd · text of /proc/net/bonding, ip -d -j link, ovs-appctl, show etherchannel, configuration
              files
            </p>
            <PasteBox />
            <p class="privacy">Nothing leaves this page: the files are read here, in your browser.</p>
          </section>
          <section class="panel">
            <h2>How to capture</h2>
            <p>On each member, not on the bond itself (it hides the member); all at the same time:</p>
            <pre class="recipe">{RECIPE}</pre>
            <p class="muted">200 bytes per frame hold all that any policy looks at, unless ICMP errors and tunnels nest deep.</p>
          </section>
        </div>
        <div class="stack">
          {SAMPLES.length > 0 && (
            <section class="panel">
              <h2>Or look at a real one</h2>
              <ul class="samples">
                {SAMPLES.map((sample) => (
                  <li key={sample.id}>
                    <button type="button" class="sample" data-testid={`sample-${sample.id}`} onClick={() => void openSample(sample.id)}>
                      <strong>{sample.title}</strong>
                      <span>{sample.shows}</span>
                      <span class="muted">
                        {sample.files.length} files, {formatBytes(sample.files.reduce((sum, file) => sum + file.size, 0))}
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
      </div>
    </div>
  );
}

const RECIPE = `tcpdump -i eth0 -s 200 --nano -w eth0.pcap &
tcpdump -i eth1 -s 200 --nano -w eth1.pcap &
cat /proc/net/bonding/bond0 > bond0.txt`;
