import { useState } from 'preact/hooks';
import type { AuditPage } from '../../model/audit.ts';
import { problemOf } from '../api/api-error.ts';
import { getJson } from '../api/client.ts';
import { Button } from '../components/button.tsx';
import { Field } from '../components/field.tsx';
import { Notice } from '../components/notice.tsx';
import { auditPath } from './audit-path.ts';
import { type NotedHead, readHead } from './noted-head.ts';

interface Answer {
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

/** Whether the trail still holds an entry as it was when somebody noted it. */
export function NotedHeadField() {
  const [text, setText] = useState('');
  const [error, setError] = useState<string>();
  const [answer, setAnswer] = useState<Answer>();
  const [isBusy, setBusy] = useState(false);
  const compare = async (): Promise<void> => {
    setAnswer(undefined);
    const noted = readHead(text);
    if (noted === undefined) {
      setError('Give the number of the entry and its hash of 64 digits, as they were noted.');
      return;
    }
    setError(undefined);
    setBusy(true);
    try {
      setAnswer(await compareWith(noted));
    } catch (failed) {
      setError(problemOf(failed).detail);
    }
    setBusy(false);
  };
  return (
    <form
      class="noted-head"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void compare();
      }}
    >
      <Field id="noted-head" label="A head that you noted" required error={error}>
        {(control) => (
          <input
            {...control}
            class="mono"
            autocomplete="off"
            spellcheck={false}
            placeholder="42:0123abcd…"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
      <Button type="submit" busy={isBusy}>
        Compare
      </Button>
      {answer !== undefined && (
        <Notice
          tone={answer.tone}
          role={answer.tone === 'bad' ? 'alert' : 'status'}
          title={answer.text}
        />
      )}
    </form>
  );
}

async function compareWith({ sequence, hash }: NotedHead): Promise<Answer> {
  const path = auditPath({ after: sequence - 1, request: '' }, 1);
  const { entries } = await getJson<AuditPage>(path);
  const entry = entries.find((each) => each.sequence === sequence);
  if (entry === undefined) {
    return {
      tone: 'bad',
      text: `There is no entry ${sequence} any more: the end of the trail was cut off.`,
    };
  }
  return entry.hash === hash
    ? { tone: 'good', text: `Entry ${sequence} is there and has the hash that you noted.` }
    : {
        tone: 'bad',
        text: `Entry ${sequence} has another hash: it, or an entry before it, was changed.`,
      };
}
