// Runs before the first paint, so that a chosen theme does not flash. A file of its own: the policy forbids inline scripts.
(function () {
  try {
    var theme = localStorage.getItem("warpyard.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (error) {
    // Storage is switched off: the system's theme applies.
  }
})();
