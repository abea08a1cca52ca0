import type { Input, InputError } from '../../report/document.ts';
import { countNoun, formatBytes, formatCount, formatDuration } from '../../report/quantity.ts';
import { clockTime, secondsBetween } from '../../report/iso-time.ts';
import { removeFile, resultDocument } from '../store/analysis-store.ts';
import { filesShown, openDialog } from '../store/shown-panels.ts';
import { openedFiles } from '../store/opened-files.ts';
import { MemberLabel } from './member-label.tsx';
import { PasteBox } from './paste-box.tsx';

/** What is open, what was read of it, what not and why; the place to add more. */
export function FilesPanel() {
  const document = resultDocument.value;
  if (!document) return null;
  return (
    <section class="panel drawer" aria-label="Files" data-testid="files">
      <div class="panel-head">
        <h2>Files</h2>
        <button type="button" class="button small" onClick={() => openDialog.run()}>
          Add files
        </button>
        <button type="button" class="button quiet small end" onClick={() => (filesShown.value = false)}>
          Close
        </button>
      </div>
      <InputTable removable />
      <PasteBox />
    </section>
  );
}

/** One row per opened file, whether it could be read or not. */
export function InputTable({ removable }: { removable?: boolean }) {
  const document = resultDocument.value;
  if (!document) return null;
  return (
    <div class="scroll-x">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Kind</th>
            <th scope="col">Member</th>
            <th scope="col" class="number">
              Frames
            </th>
            <th scope="col" class="number">
              Bytes
            </th>
            <th scope="col">From (UTC)</th>
            <th scope="col" class="number">
              For
            </th>
            {removable && (
              <th scope="col">
                <span class="visually-hidden">Remove</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {openedFiles.value.map(({ path }) => (
            <FileRow
              key={path}
              path={path}
              input={document.inputs.find((input) => input.path === path)}
              errors={document.errors.filter((error) => error.path === path)}
              removable={removable}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FileRow(props: { path: string; input: Input | undefined; errors: readonly InputError[]; removable: boolean | undefined }) {
  const { path, input, errors } = props;
  const members = [...new Set(input?.sources.map((source) => source.member).filter((name) => name !== null))];
  const capture = input?.kind === 'capture';
  const notes = notesOn(input, errors);
  return (
    <>
      <tr data-testid="file-row" class={notes.length > 0 ? 'noted' : undefined}>
        <td class="mono nowrap">{path}</td>
        <td>{input ? describeFormat(input) : <span class="muted">not read</span>}</td>
        <td>{members.length > 0 ? members.map((name) => <MemberLabel key={name} name={name} />) : <span class="muted">–</span>}</td>
        <td class="number">{capture ? formatCount(input.packets) : '–'}</td>
        <td class="number">{capture ? formatBytes(input.bytes) : '–'}</td>
        <td class="nowrap">{input?.firstTime ? clockTime(input.firstTime) : '–'}</td>
        <td class="number" title={input?.lastTime ? `to ${clockTime(input.lastTime)}` : undefined}>
          {input?.firstTime && input.lastTime ? formatDuration(secondsBetween(input.firstTime, input.lastTime)) : '–'}
        </td>
        {props.removable && (
          <td>
            <button type="button" class="button quiet small" onClick={() => removeFile(path)} aria-label={`Remove ${path}`}>
              Remove
            </button>
          </td>
        )}
      </tr>
      {notes.length > 0 && (
        <tr>
          <td colSpan={props.removable ? 8 : 7}>
            {notes.map(({ text, partial }) => (
              <div key={text} class={partial ? 'text-warn' : 'text-error'}>
                {partial ? '! ' : '✗ '}
                {text}
              </div>
            ))}
          </td>
        </tr>
      )}
    </>
  );
}

/** What is to be said of a file: why it was not read, or not wholly. */
function notesOn(input: Input | undefined, errors: readonly InputError[]): { text: string; partial: boolean }[] {
  const at = (offset: number | null): string => (offset === null ? '' : ` (at byte ${offset})`);
  const notes = errors.map(({ reason, offset, partial }) => ({ text: reason + at(offset), partial: partial === true }));
  const warn = (text: string): number => notes.push({ text, partial: true });
  if (errors.length === 0 && input?.truncated) warn(input.truncated.reason + at(input.truncated.offset));
  if (input && input.malformedPackets > 0) warn(countNoun(input.malformedPackets, 'malformed record'));
  if (input?.dropped) warn(`${countNoun(input.dropped, 'frame')} dropped by the capturing system`);
  return notes;
}

function describeFormat(input: Input): string {
  const parts = [input.format];
  if (input.compression) parts.push(input.compression);
  for (const linkType of new Set(input.sources.map((source) => source.linkType))) parts.push(linkType);
  return parts.join(' · ');
}
