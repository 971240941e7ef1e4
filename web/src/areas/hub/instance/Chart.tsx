// One line over time.
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface ChartProps {
  label: string;
  times: number[];
  values: (number | null)[];
  /** The top of the axis, where there is a limit. */
  limit?: number | undefined;
  format: (value: number) => string;
}

const HEIGHT = 160;

function colours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return { line: read("--accent"), text: read("--muted"), grid: read("--line") };
}

export function Chart({ label, times, values, limit, format }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef({ limit, format });
  latest.current = { limit, format };

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
          scales: { x: { time: true }, y: { range: (_, __, max) => [0, latest.current.limit ?? Math.max(max * 1.2, 1)] } },
          axes: [axis, { ...axis, size: 76, values: (_, splits) => splits.map((value) => latest.current.format(value)) }],
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
