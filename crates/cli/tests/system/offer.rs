//! Small services of the tests' own, offered in the project `vision`.

use crate::world::World;

/// Offers a service whose template version is `version`, as YAML in flow style without the braces.
pub(crate) fn offer(world: &World, name: &str, version: &str) {
    let documents = format!(
        "apiVersion: warpyard.io/v1
kind: EnvironmentTemplate
metadata: {{name: {name}, org: default}}
spec:
  target_type: process
  workload: service
  versions:
    - {{version: 1.0.0, state: active, {version}}}
---
apiVersion: warpyard.io/v1
kind: ServiceProfile
metadata: {{name: {name}, org: default, project: vision}}
spec:
  template: {{name: {name}, version: 1.0.0}}
  compute: {{auto_create: cpu-small}}
"
    );
    world.admin.ok(&["system-profile", "launch", "cpu-small", "--project", "vision"]);
    world.admin.ok_with_input(&["apply", "-f", "-"], &documents);
    world.admin.ok(&["profile", "publish", name, "--kind", "service", "--project", "vision"]);
}

/// A web server over the home. Each `seed` is a prepare step of its own, so that a launch has all its parts.
pub(crate) const WEB: &str = "
      inputs: [{name: seed, type: text, label: Seed, default: none, max_length: 80}],
      process: {
        prepare: [{name: seed, title: Seed, command: [bash, -c, 'printf %s \"$1\" > /opt/warpyard/seed/seed', prepare, '{{ inputs.seed }}']}],
        files: [{path: index.html, content: 'grown from {{ inputs.seed }}'}],
        command: [python3, -m, http.server, '8000', --bind, 127.0.0.1]},
      endpoints: [{name: web, title: Page, port: 8000}],
      readiness: {endpoint: web, path: /}";
