// A small organization to look at.
import type { CatalogueCard, Form, FormField } from "../src/api/types";
import type { Notification } from "../src/api/types-people";
import { Store } from "./store";

export const ME = {
  user: { name: "ana", display_name: "Ana Lima", email: "ana@example.com" },
  bindings: [{ role: "org_admin", org: "acme" }],
  areas: ["developer_hub", "studio", "administration", "operations"],
  version: "0.1.0-mock",
  server: { apps_domain: "apps.localhost:8080" },
};

const GIB = 2 ** 30;
const ago = (minutes: number, seconds = 0) => new Date(Date.now() - minutes * 60_000 + seconds * 1000).toISOString();

const research = { org: "acme", project: "vision", workspace: "research" };
export const NOTIFICATIONS: Notification[] = [
  { id: "14", at: ago(4), kind: "launch_failed", title: "Train U-Net has failed", body: "The process used more than 16 GiB of memory and was ended. Launch it on a larger compute, or lower batch_size.", link: { ...research, kind: "ServiceInstance", name: "train-unet" }, read: false },
  { id: "13", at: ago(40), kind: "update_available", title: "An update is available for Segmentation notebook", body: "Python 3.13 can be chosen.", link: { ...research, kind: "ServiceInstance", name: "notebook" }, read: false },
  { id: "12", at: ago(92), kind: "launch_finished", title: "Segmentation notebook is ready", link: { ...research, kind: "ServiceInstance", name: "notebook" }, read: true },
  { id: "9", at: ago(3000), kind: "invited", title: "Bo Chen invited you to Research", body: "Read-write", link: { org: "acme", project: "vision", kind: "Workspace", name: "research" }, read: true },
];

export function seed(): Store {
  const store = new Store();
  const acme = { org: "acme" };
  const vision = { org: "acme", project: "vision" };
  store.add("Organization", {}, { name: "acme", display_name: "Acme Research" }, { currency: "EUR" }, {}, 900);
  for (const [name, title] of [["vision", "Vision"], ["language", "Language models"], ["genomics", "Genomics"]])
    store.add("Project", acme, { name: name!, display_name: title! }, { contact: "platform@example.com" }, {}, 800);
  for (const [name, title] of [["ana", "Ana Lima"], ["bo", "Bo Chen"], ["cleo", "Cleo Park"]])
    store.add("User", {}, { name: name!, display_name: title! }, { email: `${name}@example.com`, active: true }, { has_password: true }, 700);
  store.add("Workspace", vision, { name: "research", display_name: "Research", description: "Segmentation experiments" }, { notes: "Datasets live in /data.\nAsk Bo before deleting checkpoints." }, {}, 300);
  store.add("Workspace", vision, { name: "sandbox" }, {}, {}, 90);
  const research = { ...vision, workspace: "research" };
  store.add("RoleBinding", research, { name: "bo-collaborator" }, { user: "bo", role: "workspace_collaborator" }, {}, 200);

  const compute = (name: string, phase: string, gpu: number, more: object = {}) =>
    store.add(
      "ComputeInstance",
      research,
      { name },
      { profile: { name: gpu ? "gpu-one" : "cpu-medium", project: "vision", generation: 1 }, inputs: {}, owner: "ana", desired_state: phase === "stopped" ? "stopped" : "running" },
      {
        phase,
        observed_generation: 1,
        size: { cpu_millis: 4000, memory_bytes: 16 * GIB, gpu_count: gpu, ...(gpu ? { gpu_model: "NVIDIA A100-SXM4-80GB" } : {}) },
        timeline: [{ id: "queue", title: "Wait for capacity", state: "done", started_at: ago(95), ended_at: ago(95, 1) }],
        ...(phase === "running" ? { running_since: ago(94), allocation: { target: "local", node: "local", cpu_millis: 4000, memory_bytes: 16 * GIB, gpus: gpu ? ["sim-0"] : [], gpu_indices: gpu ? [0] : [], simulated: true } } : {}),
        ...more,
      },
      2,
    );
  compute("notebook-compute", "running", 1);
  compute("spare", "stopped", 0);
  compute("big-run", "queued", 2, {
    size: { cpu_millis: 32000, memory_bytes: 256 * GIB, gpu_count: 4, gpu_model: "NVIDIA A100-SXM4-80GB" },
    queue: { position: 3, reason: "4 × A100-80GB are needed and 1 is free on local", since: ago(12) },
    timeline: [{ id: "queue", title: "Wait for capacity", state: "running", started_at: ago(12), message: "4 × A100-80GB are needed and 1 is free on local" }],
  });
  const service = (name: string, title: string, profile: string, status: object, hours: number) =>
    store.add(
      "ServiceInstance",
      research,
      { name, display_name: title },
      { profile: { name: profile, project: "vision", generation: 2 }, compute: "notebook-compute", owns_compute: true, inputs: { python: "3.12", packages: ["numpy", "torch"], disk: 20 * GIB, token: { sealed: true } }, compute_inputs: {}, owner: "ana", desired_state: "running" },
      { observed_generation: 1, timeline: [], endpoints: [], outputs: [], restarts: 0, isolation: "sandboxed process", ...status },
      hours,
    );
  service("notebook", "Segmentation notebook", "jupyterlab", {
    phase: "running",
    running_since: ago(92),
    last_activity_at: ago(3),
    update: { generation: 5, number: 3, note: "Python 3.13 can be chosen, and idle notebooks stop after one hour.", upgrade_by: new Date(Date.now() + 3 * 864e5).toISOString() },
    timeline: [
      { id: "queue", title: "Wait for capacity", state: "done", started_at: ago(95), ended_at: ago(95, 0.4) },
      { id: "prepare:venv", title: "Make the Python environment", state: "skipped", started_at: ago(95, 1), ended_at: ago(95, 1), message: "It was there already" },
      { id: "start", title: "Start JupyterLab", state: "done", started_at: ago(95, 1), ended_at: ago(95, 3) },
      { id: "ready", title: "Wait until it answers", state: "done", started_at: ago(95, 3), ended_at: ago(95, 9) },
    ],
    endpoints: [
      { name: "lab", title: "JupyterLab", url: "http://lab--0123456789ab.apps.localhost:8080/lab", access: "owner", usual: "owner", share: "workspace", ready: true },
      { name: "board", title: "TensorBoard", url: "http://board--0123456789ab.apps.localhost:8080/", access: "workspace", usual: "workspace", share: "workspace", ready: true },
    ],
    outputs: [{ name: "home", label: "Home directory", value: "/home/warpyard" }, { name: "kernel", label: "Kernel gateway", value: "http://lab--0123456789ab.apps.localhost:8080/api/kernels" }],
  }, 2);
  service("shell", "", "terminal", {
    phase: "provisioning",
    timeline: [
      { id: "queue", title: "Wait for capacity", state: "done", started_at: ago(1), ended_at: ago(1, 1) },
      { id: "prepare:tools", title: "Install tools", state: "running", started_at: ago(0.8), progress: 0.42, message: "Collecting ripgrep" },
    ],
  }, 0.1);
  service("train-unet", "Train U-Net", "batch-job", {
    phase: "failed",
    exit_code: 137,
    reason: "OutOfMemory",
    message: "The process used more than 16 GiB of memory and was ended. Launch it on a larger compute, or lower batch_size.",
    timeline: [
      { id: "start", title: "Start", state: "done", started_at: ago(60), ended_at: ago(59) },
      { id: "run", title: "Run", state: "failed", started_at: ago(59), ended_at: ago(20), message: "Exit code 137" },
    ],
  }, 5);
  service("export", "", "batch-job", { phase: "succeeded", exit_code: 0 }, 30);
  return store;
}

const size = (cpu: number, memory: number, gpu = 0) => ({ cpu_millis: cpu * 1000, memory_bytes: memory * GIB, gpu_count: gpu, ...(gpu ? { gpu_model: "NVIDIA A100-SXM4-80GB" } : {}) });
const card = (kind: CatalogueCard["kind"], name: string, title: string, description: string, category: string, more: Partial<CatalogueCard>): CatalogueCard => ({
  kind,
  name,
  project: "vision",
  generation: 2,
  title,
  description,
  card: { icon: name, category, tags: [] },
  currency: "EUR",
  isolation: "sandboxed process",
  badges: [{ kind: "isolation" as const, text: "sandboxed process" }],
  auto_creates_compute: kind === "ServiceProfile",
  needs_compute: false,
  offered_by: "Platform team",
  availability: { state: "available", free: 4, message: "4 fit on local now" },
  ...more,
});

export const CARDS: CatalogueCard[] = [
  card("ServiceProfile", "jupyterlab", "JupyterLab", "Notebooks with Python, your packages and a terminal, on its own origin.", "Notebooks", { size: size(4, 16, 1), price_per_hour: "2.4" }),
  card("ServiceProfile", "terminal", "Terminal", "A shell on the machine with your home directory.", "Development", { size: size(1, 2), price_per_hour: "0.02" }),
  card("ServiceProfile", "batch-job", "Batch job", "Runs a command to its end and keeps the log.", "Jobs", { size: size(4, 16, 4), price_per_hour: "9.6", availability: { state: "queue", ahead: 2, message: "4 × A100-80GB are needed and 1 is free on local" } }),
  card("ComputeProfile", "cpu-small", "Small CPU", "One core for light work.", "Compute", { size: size(1, 2), price_per_hour: "0.02" }),
  card("ComputeProfile", "gpu-one", "One GPU", "A whole A100 for one person.", "Compute", { size: size(8, 64, 1), price_per_hour: "2.4", availability: { state: "available", free: 1, message: "1 fits on local now" } }),
  card("ComputeProfile", "gpu-multi", "Several GPUs", "Two to eight GPUs on one machine.", "Compute", { size: size(64, 512, 8), price_per_hour: "19.2", availability: { state: "never", message: "8 × A100-80GB are needed and the largest target has 4" } }),
];

const field = (name: string, type: FormField["type"], label: string, more: Partial<FormField> = {}): FormField => ({ name, type, label, locked: false, ...more });

export const SERVICE_FORM: Form = {
  fields: [
    field("python", "choice", "Python", { section: "Environment", widget: "radio", default: "3.12", required: true, choices: [{ value: "3.11" }, { value: "3.12" }, { value: "3.13", label: "3.13 (new)" }] }),
    field("flavour", "choice", "Flavour", { section: "Environment", widget: "cards", default: "torch", choices: [{ value: "plain", label: "Plain", help: "Python and nothing else" }, { value: "torch", label: "PyTorch", help: "With CUDA and torchvision" }, { value: "jax", label: "JAX", help: "With flax and optax" }] }),
    field("packages", "list", "Packages", { mutable: true, section: "Environment", help: "One requirement each, as for pip.", placeholder: "numpy==2.1", unique: true, max_length: 20 }),
    field("environment", "key_value", "Environment variables", { section: "Environment" }),
    field("theme", "choice", "Theme", { mutable: true, section: "Environment", default: "light", choices: [{ value: "light", label: "Light" }, { value: "dark", label: "Dark" }] }),
    field("disk", "size", "Home volume", { mutable: true, section: "Storage and time", min: 5 * GIB, max: 500 * GIB, default: 20 * GIB, required: true, help: "Kept when the instance stops." }),
    field("idle", "duration", "Stop when idle for", { section: "Storage and time", min: 600, max: 86_400, default: 7_200, locked: true, locked_by: "profile", locked_reason: "GPUs are scarce: idle notebooks stop after two hours." }),
    field("workers", "integer", "Workers", { section: "Storage and time", widget: "slider", min: 1, max: 16, step: 1, default: 4, unit: "workers" }),
    field("rate", "decimal", "Learning rate", { section: "Storage and time", min: 0, max: 1, default: 0.001 }),
    field("git", "boolean", "Clone a Git repository", { section: "Code", default: false }),
    field("repository", "text", "Repository", { section: "Code", placeholder: "https://git.example.com/team/repo.git", visible_when: "inputs.git", required_when: "inputs.git", pattern: "^https://", pattern_message: "An https address" }),
    field("token", "text", "Access token", { mutable: true, section: "Code", sensitive: true, help: "Encrypted at rest and never shown again." }),
    field("key", "ssh_key", "SSH public key", { section: "Code", placeholder: "ssh-ed25519 AAAA… you@laptop" }),
    field("secret", "secret", "Secret", { section: "Code", options_from: "secrets", choices: [{ value: "hugging-face" }, { value: "s3/access-key" }] }),
    field("extensions", "multi_choice", "Extensions", { section: "Code", choices: [{ value: "git", label: "Git" }, { value: "lsp", label: "Language server" }, { value: "dask", label: "Dask" }] }),
    field("settings", "json", "Settings", { section: "Code", help: "JSON" }),
    field("startup", "multiline", "Startup commands", { section: "Code", widget: "code" }),
  ],
  sections: [
    { title: "Environment", fields: ["python", "flavour", "packages", "environment", "theme"] },
    { title: "Storage and time", fields: ["disk", "idle", "workers", "rate"] },
    { title: "Code", fields: ["git", "repository", "token", "key", "secret", "extensions", "settings", "startup"] },
  ],
  presets: [
    { name: "light", label: "Light", description: "For reading data", values: { flavour: "plain", disk: 10 * GIB, workers: 1 } },
    { name: "training", label: "Training", description: "PyTorch, large disk", values: { flavour: "torch", disk: 200 * GIB, workers: 8 } },
  ],
};

export const COMPUTE_FORM: Form = {
  fields: [
    field("gpu_model", "choice", "GPU model", { options_from: "target_gpu_models", default: "NVIDIA A100-SXM4-80GB", choices: [{ value: "NVIDIA A100-SXM4-80GB", label: "A100 80 GB" }, { value: "NVIDIA L4", label: "L4" }] }),
    field("memory", "size", "Memory", { min: 4 * GIB, max: 64 * GIB, default: 16 * GIB }),
  ],
  sections: [{ title: "", fields: ["gpu_model", "memory"] }],
  presets: [],
};
