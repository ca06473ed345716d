// A select found by typing: select[data-combobox="type,types"] becomes a text box with its list (ARIA combobox).
// The select stays in the form, hidden, and is what is sent. Without this module the select works by itself.

const SHOWN_FOR = "[data-shown-for]"; // what a choice implies, told by the page: hidden until it is chosen
let count = 0;

const fold = (text) => text.toLowerCase().replaceAll("œ", "oe").replaceAll("’", "'").normalize("NFD").replace(/\p{M}/gu, "");

function make(name, attributes = {}, text = "") {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.textContent = text;
  return node;
}

class Combobox {
  constructor(select) {
    this.select = select;
    this.key = `combobox-${++count}`;
    [this.one, this.many] = select.dataset.combobox.split(",");
    this.build();
    this.rows = [...select.options].filter((option) => option.value).map((option) => this.row(option));
    this.groups = [...this.list.children];
    this.write();
    this.listen();
  }

  build() {
    const { select, key } = this;
    const label = document.querySelector(`label[for="${select.id}"]`);
    this.box = make("input", {
      type: "text", id: select.id, class: "form-control", role: "combobox", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${key}-list`,
    });
    for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) {
      if (select.hasAttribute(name)) this.box.setAttribute(name, select.getAttribute(name));
    }
    this.box.required = select.required;
    this.box.placeholder = [...select.options].find((option) => !option.value)?.text ?? "";
    this.list = make("div", { id: `${key}-list`, class: "combo-list", role: "listbox", hidden: "" });
    this.list.setAttribute("aria-label", label?.firstChild?.textContent.trim() ?? this.many);
    this.told = make("p", { class: "visually-hidden", role: "status" });
    this.trouble = make("p", { class: "error", hidden: "" });
    const frame = make("div", { class: "combo" });
    select.before(frame);
    frame.append(this.box, this.list, this.told, this.trouble, select);
    select.id = `${key}-select`;
    select.hidden = true;
    select.required = false;
    select.tabIndex = -1;
  }

  // One line of the list; the heading of its group counts among its words.
  row(option) {
    const heading = option.parentElement.label ?? "";
    const node = make("div", { id: `${this.key}-${option.index}`, class: "combo-option", role: "option", "aria-selected": "false" }, option.text);
    node.addEventListener("click", () => this.choose(row));
    const group = this.group(heading);
    group.append(node);
    const row = { option, node, label: fold(option.text), words: fold(`${option.text} ${heading} ${option.dataset.words ?? ""}`) };
    return row;
  }

  group(heading) {
    const last = this.list.lastElementChild;
    if (last && last.dataset.heading === heading) return last;
    const id = `${this.key}-group-${this.list.children.length}`;
    const group = make("div", heading ? { role: "group", "aria-labelledby": id } : { role: "presentation" });
    group.dataset.heading = heading;
    if (heading) group.append(make("div", { id, class: "combo-heading", role: "presentation" }, heading));
    this.list.append(group);
    return group;
  }

  listen() {
    const { box, list, select } = this;
    box.addEventListener("focus", () => box.select());
    box.addEventListener("click", () => this.open(this.unsettled));
    box.addEventListener("input", () => this.typed());
    box.addEventListener("keydown", (event) => this.pressed(event));
    box.addEventListener("blur", () => this.left());
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
    select.form?.addEventListener("submit", (event) => this.sent(event));
  }

  get chosen() {
    return this.rows.find((row) => row.option.selected);
  }

  get visible() {
    const places = new Map([...this.list.querySelectorAll("[role=option]")].map((node, place) => [node, place]));
    return this.rows.filter((row) => !row.node.hidden).sort((one, other) => places.get(one.node) - places.get(other.node));
  }

  // Words typed that have not chosen a line yet.
  get unsettled() {
    return this.chosen ? "" : this.box.value.trim();
  }

  get isOpen() {
    return !this.list.hidden;
  }

  // The box says what the select holds.
  write() {
    this.box.value = this.chosen?.option.text ?? "";
    for (const row of this.rows) row.node.setAttribute("aria-selected", String(row === this.chosen));
  }

  filter(text) {
    const words = fold(text).split(/\s+/).filter(Boolean);
    for (const row of this.rows) {
      row.node.hidden = !words.every((word) => row.words.includes(word));
      row.rank = words.length ? Combobox.rank(row.label, words) : 0;
    }
    for (const group of this.list.children) group.hidden = ![...group.querySelectorAll("[role=option]")].some((node) => !node.hidden);
    this.sort();
  }

  // Where the words are: at the start of the label, of one of its words, inside it, or in its heading alone.
  static rank(label, words) {
    if (!words.every((word) => label.includes(word))) return 3;
    if (label.startsWith(words[0])) return 0;
    const starts = label.split(/[^\p{L}\p{N}]+/u);
    return words.every((word) => starts.some((start) => start.startsWith(word))) ? 1 : 2;
  }

  // The nearest first: in each group, then the groups by their nearest; as the page wrote them for equals.
  sort() {
    const nearest = new Map(this.groups.map((group) => [group, 4]));
    for (const row of [...this.rows].sort((one, other) => one.rank - other.rank)) {
      const group = row.node.parentElement;
      group.append(row.node);
      if (!row.node.hidden) nearest.set(group, Math.min(nearest.get(group), row.rank));
    }
    this.list.append(...[...this.groups].sort((one, other) => nearest.get(one) - nearest.get(other)));
  }

  open(text = "") {
    if (!this.isOpen || text) this.filter(text);
    const found = this.visible;
    this.list.hidden = !found.length;
    this.box.setAttribute("aria-expanded", String(this.isOpen));
    this.told.textContent = found.length > 1 ? `${found.length} ${this.many}` : found.length ? `1 ${this.one}` : `Rien ne correspond`;
    const chosen = this.chosen;
    this.point(text ? found[0] : found.includes(chosen) ? chosen : undefined);
    this.proposed = Boolean(text); // the first line, before any arrow: an arrow down goes to it, not past it
    // On a telephone the keyboard takes the lower half: the box goes up, its list below it.
    if (this.isOpen && this.list.getBoundingClientRect().bottom > window.innerHeight) this.box.scrollIntoView({ block: "start", behavior: "instant" });
  }

  close() {
    this.list.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
    this.point();
  }

  point(row) {
    this.active?.node.classList.remove("on");
    this.active = row;
    if (!row) return this.box.removeAttribute("aria-activedescendant");
    row.node.classList.add("on");
    row.node.scrollIntoView({ block: "nearest" });
    return this.box.setAttribute("aria-activedescendant", row.node.id);
  }

  typed() {
    this.complain("");
    this.set(null);
    this.list.hidden = true;
    if (this.box.value.trim()) this.open(this.box.value);
    else this.close();
  }

  pressed(event) {
    const found = this.visible;
    const at = found.indexOf(this.active);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!this.isOpen) return this.open(this.unsettled);
      const step = event.key === "ArrowDown" ? 1 : -1;
      const isFirst = this.proposed && step > 0;
      this.proposed = false;
      if (isFirst) return this.point(found[0]);
      this.point(found[at < 0 && step < 0 ? found.length - 1 : (at + step + found.length) % found.length]);
    } else if (event.key === "Enter" && this.isOpen) {
      event.preventDefault(); // it chooses; another one sends
      if (this.active) this.choose(this.active);
    } else if (event.key === "Tab" && this.isOpen && this.active) {
      this.choose(this.active);
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      this.close();
    }
    return undefined;
  }

  choose(row) {
    this.set(row);
    this.write();
    this.complain("");
    this.close();
  }

  // What the select holds; the page then tells what it implies.
  set(row) {
    if (row) row.option.selected = true;
    else this.select.value = "";
    for (const other of this.rows) other.node.setAttribute("aria-selected", String(other === row));
    const shown = (row?.option.dataset.shows ?? "").split(" ");
    if (!this.rows.some((other) => other.option.dataset.shows)) return;
    for (const node of document.querySelectorAll(SHOWN_FOR)) node.hidden = !shown.includes(node.dataset.shownFor);
  }

  // Left with words that name one line, it is chosen; words that name none stay, and say so.
  left() {
    this.close();
    if (!this.unsettled) return;
    this.filter(this.box.value);
    const named = this.visible;
    if (named.length === 1) this.choose(named[0]);
    else this.complain(named.length ? `Plusieurs ${this.many} répondent à « ${this.box.value} » : choisissez-en un dans la liste.` : `« ${this.box.value} » ne correspond à aucun ${this.one} : essayez un autre mot, ou effacez.`);
  }

  complain(text) {
    this.trouble.hidden = !text;
    this.trouble.textContent = text;
    if (text) this.box.setAttribute("aria-invalid", "true");
    else this.box.removeAttribute("aria-invalid");
  }

  // Words that name nothing are never sent as if the field were empty: they would be lost.
  sent(event) {
    if (!this.unsettled) return;
    event.preventDefault();
    this.left();
    if (!this.chosen) this.box.focus();
  }
}

for (const select of document.querySelectorAll("select[data-combobox]")) new Combobox(select);
