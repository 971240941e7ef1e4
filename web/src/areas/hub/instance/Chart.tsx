// One line over time.
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatTime } from "../../../lib/format";

export interface ChartProps {
  label: string;
  times: number[];
  values: (number | null)[];
  /** The top of the axis, where there is a limit. */
  limit?: number | undefined;
  format: (value: number) => string;
}

const HEIGHT = 160;
/** The axis never shows less than this many seconds, so that the first readings do not stand on a scale of years. */
const SHORTEST_SECONDS = 60;

function colours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return { line: read("--accent"), text: read("--muted"), grid: read("--line") };
}

/** What the time axis shows: what was asked for, and at least a minute. For a single reading uPlot would ask for years. */
function span(times: number[], min: number, max: number): [number, number] {
  const end = times.length > 1 ? max : (times[0] ?? Date.now() / 1000);
  return [Math.min(times.length > 1 ? min : end, end - SHORTEST_SECONDS), end];
}

/** Five lines: sizes in binary units have no round decimal steps. */
function quarters(min: number, max: number): number[] {
  return [0, 1, 2, 3, 4].map((part) => min + ((max - min) * part) / 4);
}

export function Chart({ label, times, values, limit, format }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef({ limit, format, times });
  latest.current = { limit, format, times };

  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const make = () => {
      plot.current?.destroy();
      const { line, text, grid } = colours();
      const font = "12px system-ui, sans-serif";
      const axis = { stroke: text, font, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
      plot.current = new uPlot(
        {
          width: element.clientWidth,
          height: HEIGHT,
          legend: { show: false },
          cursor: { y: false },
          scales: {
            x: { time: true, range: (_, min, max) => span(latest.current.times, min, max) },
            y: { range: (_, __, max) => [0, latest.current.limit ?? Math.max(max * 1.2, 1)] },
          },
          axes: [{ ...axis, space: 90, values: (_, splits) => splits.map((value) => formatTime(new Date(value * 1000))) }, { ...axis, size: 76, splits: (_, __, min, max) => quarters(min, max), values: (_, splits) => splits.map((value) => latest.current.format(value)) }],
          series: [{}, { stroke: line, width: 1.5, fill: `${line}22`, spanGaps: false, points: { show: false } }],
        },
        [[], []],
        element,
      );
    };
    make();
    const sizes = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, []);

  useEffect(() => {
    plot.current?.setData([times, values]);
  }, [times, values]);

  return <div ref={box} role="img" aria-label={label} className="h-40 w-full" />;
}
