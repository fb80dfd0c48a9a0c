/** What an overlay shows, from its address. Pure: a query goes in, what is wrong is left out. */
import { KINDS } from '/activity/kinds.js';

export const WIDGETS = ['danmaku', ...KINDS.map(({ kind }) => kind), 'goal'];
const GOALS = ['likes', 'online'];
const ROOM_ID = /^[A-Za-z0-9_.:-]{1,64}$/;

/**
 * @param {URLSearchParams} query
 * @returns {{room: string|null, show: Set<string>, goals: {of: string, aim: number}[], scale: number,
 *     at: 'left'|'right'}} `room` is null when it is no room's id
 */
export function readQuery(query) {
  const room = query.get('room') ?? 'demo';
  const goals = list(query.get('goal')).flatMap((goal) => {
    const [of, aim] = goal.split(':');
    return GOALS.includes(of) && Number(aim) >= 1 ? [{ of, aim: Number(aim) }] : [];
  });
  const named = list(query.get('show')).filter((name) => WIDGETS.includes(name));
  const scale = Number(query.get('scale') ?? 1);
  return {
    room: ROOM_ID.test(room) ? room : null,
    show: new Set(named.length > 0 ? named : WIDGETS),
    goals,
    scale: scale >= 0.25 && scale <= 4 ? scale : 1,
    at: query.get('at') === 'left' ? 'left' : 'right',
  };
}

function list(text) {
  return (text ?? '').split(',').map((word) => word.trim());
}
