/** The words of what is said, and by whom: of every page that shows danmaku. */
import { speak } from './language.js';

export const WORDS = {
  en: {
    deleted: 'Removed by a moderator',
    unkept: 'not kept',
    unkeptWhy: 'The store is away: seen by some viewers only, gives no points',
    synthetic: 'demo',
    syntheticWhy: 'Simulated viewers, here so that a first look is not at an empty room: --set demo.crowd=0 sends them away',
    regular: 'Regular',
    silver: 'Silver',
    gold: 'Gold',
    diamond: 'Diamond',
  },
  zh: {
    deleted: '已被管理员删除',
    unkept: '未保存',
    unkeptWhy: '存储暂时不可用：只有部分观众看到，不计积分',
    synthetic: '模拟',
    syntheticWhy: '模拟观众，只为让新房间不冷清：--set demo.crowd=0 可关闭',
    regular: '普通',
    silver: '银卡',
    gold: '金卡',
    diamond: '钻石',
  },
};

export const talkWords = speak(WORDS);
