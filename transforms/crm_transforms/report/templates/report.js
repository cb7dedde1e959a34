(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const OPENED_AT_MOST = 30;

  // The theme: the system's until somebody chooses, then theirs.
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const remember = (theme) => { try { localStorage.setItem("theme", theme); } catch { /* a file may not */ } };
  const remembered = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const isDark = () => (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const showTheme = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", `Switch to the ${isDark() ? "light" : "dark"} theme`);
    button.setAttribute("aria-pressed", String(isDark()));
  };
  if (["light", "dark"].includes(remembered())) root.dataset.theme = remembered();
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember(root.dataset.theme);
    showTheme();
  });
  system.addEventListener("change", showTheme);
  showTheme();
  document.getElementById("print").addEventListener("click", () => print());
  all(".buttons, .filters").forEach((each) => { each.hidden = false; });

  // The table of contents: folded where it would push everything down, and told where one reads.
  const contents = document.querySelector(".contents details");
  const isWide = matchMedia("(min-width: 1080px)");
  const fold = () => { contents.open = isWide.matches; };
  isWide.addEventListener("change", fold);
  fold();
  const links = new Map(all(".contents a").map((link) => [link.hash.slice(1), link]));
  const seen = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) seen.add(target.id); else seen.delete(target.id);
    }
    const current = [...links.keys()].find((id) => seen.has(id));
    for (const [id, link] of links) {
      if (id === current) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    }
  }, { rootMargin: "-10% 0px -60%" });
  all("main > section").forEach((section) => watch.observe(section));

  // Filters. A row carries data-<name> for each select; a row inside <details> belongs to that.
  const words = new WeakMap();
  const text = (element) => {
    if (!words.has(element)) words.set(element, element.textContent.toLowerCase());
    return words.get(element);
  };
  const filter = (form) => {
    const body = document.getElementById(form.dataset.filters);
    const chosen = Object.fromEntries(new FormData(form));
    const wanted = (chosen.text || "").trim().toLowerCase();
    const selects = all("select", form).filter((one) => one.value);
    const fits = (element) => selects.every(({ name, value }) =>
      element.dataset[name] === undefined || element.dataset[name] === value);
    const groups = all("details", body);
    const rows = all("tbody tr, :scope > tr", body);
    let shown = 0;
    if (!groups.length) {
      for (const row of rows) {
        row.hidden = !(fits(row) && text(row).includes(wanted));
        shown += !row.hidden;
      }
    }
    for (const group of groups) {
      const isNamed = text(group.firstElementChild).includes(wanted);
      let any = false;
      for (const row of all("tbody tr", group)) {
        row.hidden = !(fits(row) && (isNamed || text(row).includes(wanted)));
        any ||= !row.hidden;
      }
      group.hidden = !(fits(group) && any);
      shown += !group.hidden;
      const isAsked = Boolean(wanted) || selects.some(({ name }) => group.dataset[name] === undefined);
      if (!group.hidden && isAsked && shown <= OPENED_AT_MOST) group.open = true;
    }
    const total = (groups.length || rows.length).toLocaleString("en");
    form.querySelector("output").textContent = `${shown.toLocaleString("en")} of ${total} ${form.dataset.noun} shown`;
  };
  for (const form of all("form.filters")) {
    form.addEventListener("input", () => filter(form));
    form.addEventListener("reset", () => setTimeout(() => filter(form)));
    form.addEventListener("submit", (event) => event.preventDefault());
    filter(form);
  }
  for (const opener of all("[data-open]")) {
    opener.addEventListener("click", () => {
      const groups = all("details:not([hidden])", document.getElementById(opener.dataset.open));
      const open = groups.some((group) => !group.open);
      groups.forEach((group) => { group.open = open; });
      opener.textContent = open ? "Close all" : "Open all";
    });
  }

  // What is shown as CSV. A cell that a spreadsheet would take for a formula gets an apostrophe.
  const cell = (value) => {
    const line = value.replace(/\s+/g, " ").trim();
    return `"${(/^[=+\-@\t\r]/.test(line) ? `'${line}` : line).replaceAll('"', '""')}"`;
  };
  const csv = (body) => {
    const groups = all("details:not([hidden])", body);
    const cells = (row) => [...row.cells].map((one) => cell(one.textContent));
    const shown = (within) => all("tr:not([hidden])", within);
    if (!groups.length) return [cells(body.closest("table").rows[0]), ...shown(body).map(cells)];
    const name = (group) => cell(group.querySelector(".record").textContent);
    return [
      ['"Record"', ...cells(groups[0].querySelector("thead tr"))],
      ...groups.flatMap((group) => shown(group.querySelector("tbody")).map((row) => [name(group), ...cells(row)])),
    ];
  };
  for (const saver of all("[data-csv]")) {
    saver.addEventListener("click", () => {
      const lines = csv(document.getElementById(saver.dataset.csv)).map((row) => row.join(","));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob(["\ufeff", lines.join("\r\n")], { type: "text/csv" }));
      link.download = `${saver.dataset.csv}.csv`;
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }

  // On paper, what matters is unfolded.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details[data-print]:not([open])");
    folded.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach((each) => { each.open = false; }));
})();
