// A link to another part of the designer: which one is open stands in the address.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Part } from "./draft";

export function PartLink({ part, current, className, onClick, children }: { part: Part; current?: boolean; className: string; onClick?: () => void; children: ReactNode }) {
  return (
    <Link to="." search={((old: object) => ({ ...old, part })) as never} replace resetScroll={false} aria-current={current ? "page" : undefined} className={className} {...(onClick ? { onClick } : {})}>
      {children}
    </Link>
  );
}
