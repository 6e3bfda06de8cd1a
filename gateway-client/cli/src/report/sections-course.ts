import { grouped, seconds } from '../terminal/number-format';
import type { SpanChart } from './chart';
import type { DayReport, PhaseLine, StageLine } from './day-report';
import { phrase } from './phrase';
import { type FigureBlock, type Section, counted, numbers, section, text, texts } from './report-model';

export function phaseSections({ phases }: DayReport): readonly Section[] {
  const [first] = phases;
  if (!first) return [];
  const cycles = phases.reduce((total, phase) => total + phase.cycles.length, 0);
  return [
    section(
      'phases',
      phrase`The day’s phases and cycles`,
      text(
        phrase`${counted(cycles, 'cycle')} executed all instructions; the first is dated ${first.began}. Seconds count from it.`,
      ),
      phaseFigure(phases),
    ),
  ];
}

function phaseFigure(phases: readonly PhaseLine[]): FigureBlock {
  const rows = phases.map(({ businessDate, phase, fromMs, untilMs, cycles }) => [
    ...[businessDate, phase, seconds(fromMs), seconds(untilMs), grouped(cycles.length)],
    grouped(cycles.reduce((total, { submissions }) => total + submissions, 0)),
  ]);
  const spans = phases.map(({ businessDate, phase, fromMs, untilMs, cycles }) => ({
    label: `${businessDate}, ${phase}`,
    ...{ fromMs, untilMs },
    written: counted(cycles.length, 'cycle'),
    atMs: cycles.map(({ atMs }) => atMs),
  }));
  return {
    kind: 'figure',
    drawn: {
      title: phrase`Time line of the phases; a stroke is a cycle`,
      summary: phrase`${counted(phases.length, 'phase')}, one below the other, over ${seconds(endOf(spans))} seconds.`,
      chart: { kind: 'spans', spans },
    },
    table: {
      columns: [...texts('Business date', 'Phase'), ...numbers('From (s)', 'Until (s)', 'Cycles', 'Submissions')],
      rows,
      rowTitle: 1,
    },
  };
}

export function stageSection({ stages }: DayReport): Section {
  const submits = stages.reduce((total, stage) => total + stage.submits, 0);
  const spans = stageSpans(stages);
  return section('stages', phrase`The day in numbers`, {
    kind: 'figure',
    drawn: {
      title: phrase`What was done when`,
      summary: phrase`${counted(stages.length, 'stage')}, one after another, over ${seconds(endOf(spans))} seconds.`,
      chart: { kind: 'spans', spans },
    },
    table: {
      columns: [...texts('Stage'), ...numbers('Instructions', 'Seconds')],
      rows: stages.map((stage) => [stage.name, grouped(stage.submits), seconds(stage.elapsedMs)]),
      totals: [['Total', grouped(submits), seconds(endOf(spans))]],
    },
  });
}

function stageSpans(stages: readonly StageLine[]): SpanChart['spans'] {
  let fromMs = 0;
  return stages.map(({ name, elapsedMs }) => {
    const span = {
      label: name,
      ...{ fromMs, untilMs: fromMs + elapsedMs },
      written: `${seconds(elapsedMs)} s`,
      atMs: [],
    };
    fromMs = span.untilMs;
    return span;
  });
}

function endOf(spans: SpanChart['spans']): number {
  return spans.at(-1)?.untilMs ?? 0;
}
