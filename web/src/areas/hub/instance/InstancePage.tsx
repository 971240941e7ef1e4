export function ServiceInstancePage() {
  return null;
}
export function ComputeInstancePage() {
  return null;
}
