const AT_END_PX = 24;

/**
 * The newest danmaku, each as an element of a list that scrolls. What is shown stays in its place
 * until {@link showNewest}: who holds still for a reader, and when, is for the page to say.
 */
export class Rows {
  #list;
  #most;
  #fill;
  /** By key, in the order of the list: the element, and what it shows. */
  #rows = new Map();

  /**
   * @param {HTMLElement} list
   * @param {number} most rows kept
   * @param {(li: HTMLElement, danmaku: object) => void} fill shows a danmaku in an element, new or not
   */
  constructor(list, most, fill) {
    this.#list = list;
    this.#most = most;
    this.#fill = fill;
  }

  /** Shows anew what has changed since: a danmaku that is shown was deleted. */
  refresh(danmaku) {
    for (const one of danmaku) {
      const row = this.#rows.get(one.key);
      if (row !== undefined && row.shows !== one) {
        row.shows = one;
        this.#fill(row.li, one);
      }
    }
  }

  /** How many of these came after the last row. */
  countUnseen(danmaku) {
    const last = [...this.#rows.keys()].at(-1) ?? -1;
    return danmaku.filter(({ key }) => key > last).length;
  }

  showNewest(danmaku) {
    const newest = danmaku.slice(-this.#most);
    const first = newest[0]?.key ?? Infinity;
    for (const [key, { li }] of this.#rows) {
      if (key < first) {
        li.remove();
        this.#rows.delete(key);
      }
    }
    for (const one of newest) {
      if (!this.#rows.has(one.key)) {
        const li = document.createElement('li');
        this.#fill(li, one);
        this.#rows.set(one.key, { li, shows: one });
        this.#list.append(li);
      }
    }
    this.scrollToEnd();
  }

  scrollToEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#list;
    return scrollHeight - scrollTop - clientHeight <= AT_END_PX;
  }
}
