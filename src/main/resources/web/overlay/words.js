/** The words of the overlay. */
import { speak } from '/app/language.js';

export const WORDS = {
  en: {
    title: 'Barrage · overlay',
    goal_likes: 'Likes',
    goal_online: 'Watching',
    badRoom: "There is no such room: ?room= takes a room's id.",
    notAllowed: 'This server lets nobody watch without a token: auth.anonymous is off.',
    stopped: 'The server has closed this overlay ({code}). Reload it.',
  },
  zh: {
    title: 'Barrage · 叠加层',
    goal_likes: '点赞目标',
    goal_online: '在线目标',
    badRoom: '没有这样的房间:?room= 后面是房间号。',
    notAllowed: '这台服务器不允许无令牌观看(auth.anonymous 为 off)。',
    stopped: '服务器关闭了叠加层({code})。请刷新。',
  },
};

export const { t, translate } = speak(WORDS);
