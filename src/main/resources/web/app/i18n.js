/** The page's words in the browser's language: Chinese where it asks for it, else English. */

export const WORDS = {
  en: {
    title: 'Barrage · live room',
    room: 'Room',
    online: '{count} watching',
    stage: 'Stage',
    stageEmpty: 'Danmaku fly here. Say the first one.',
    fly: 'Flying danmaku',
    shed: '{count} danmaku not sent to you in 10 s: more than one can read',
    crowded: '{count} in the list only: the stage is full',
    talk: 'Danmaku',
    talkEmpty: 'Nothing said yet.',
    newest: '{count} new',
    deleted: 'Removed by a moderator',
    unkept: 'not kept',
    unkeptWhy: 'The store is away: seen by some viewers only, gives no points',
    me: 'My membership',
    anonymous: 'Guest',
    anonymousWhy: 'Sign in to speak and to earn points.',
    points: 'Points',
    growth: 'Growth',
    toNext: '{missing} growth to {tier}',
    topTier: 'Highest tier',
    regular: 'Regular',
    silver: 'Silver',
    gold: 'Gold',
    diamond: 'Diamond',
    say: 'Say something',
    send: 'Send',
    sending: 'Sending…',
    look: 'Look',
    mode: 'Position',
    scroll: 'Scroll',
    top: 'Top',
    bottom: 'Bottom',
    color: 'Colour',
    slowMode: 'Slow mode: {seconds} s',
    membersOnly: 'Members only',
    minTier: '{tier} and above may speak',
    silenced: 'The streamer has silenced the room',
    signInNeeded: 'Sign in through your streamer’s link to speak.',
    yourName: 'Your name',
    join: 'Join',
    like: 'Like',
    likes: '{count} likes',
    live: 'Live',
    connecting: 'Connecting…',
    waiting: 'Connection lost. Trying again in {seconds} s',
    waitingFlood: 'Too many messages were sent. Back in {seconds} s',
    retryNow: 'Try now',
    stopped1000: 'Disconnected.',
    stopped1009: 'The server refused a message that was too large. Reload to go on.',
    stopped4400: 'This page and the server do not understand each other. Reload to go on.',
    stopped4401: 'A valid sign-in is needed to watch this room.',
    stopped4403: 'You may not enter this room.',
    signedOut: 'Your sign-in has expired: watching anonymously.',
    inSeconds: '{seconds} s',
    bad_request: 'The server did not understand this.',
    too_large: 'That is too long.',
    unauthorized: 'Sign in to speak.',
    forbidden: 'Your role does not allow this.',
    rate_limited: 'Slow down a little.',
    slow_mode: 'Slow mode is on.',
    duplicate_text: 'You have just said this.',
    blocked_text: 'These words are not allowed here.',
    muted: 'You are muted.',
    mutedForGood: 'You are muted for good.',
    members_only: 'Only members may speak.',
    tier_required: 'Your tier is too low.',
    busy: 'The server is busy.',
    unavailable: 'The server cannot store this now.',
    timeout: 'No answer yet. Send again: it will not be doubled.',
    closed: 'Not connected.',
    refused: 'Refused: {code}',
  },
  zh: {
    title: 'Barrage · 直播间',
    room: '直播间',
    online: '{count} 人在看',
    stage: '舞台',
    stageEmpty: '弹幕从这里飞过，来发第一条吧',
    fly: '滚动弹幕',
    shed: '弹幕太多，最近 10 秒有 {count} 条未发给你',
    crowded: '舞台已满，{count} 条仅在列表中',
    talk: '弹幕',
    talkEmpty: '还没有人说话',
    newest: '{count} 条新弹幕',
    deleted: '已被管理员删除',
    unkept: '未保存',
    unkeptWhy: '存储暂时不可用：只有部分观众看到，不计积分',
    me: '我的会员',
    anonymous: '游客',
    anonymousWhy: '登录后可发弹幕、攒积分',
    points: '积分',
    growth: '成长值',
    toNext: '距{tier}还差 {missing} 成长值',
    topTier: '已是最高等级',
    regular: '普通',
    silver: '银卡',
    gold: '金卡',
    diamond: '钻石',
    say: '发条弹幕吧',
    send: '发送',
    sending: '发送中…',
    look: '样式',
    mode: '位置',
    scroll: '滚动',
    top: '顶部',
    bottom: '底部',
    color: '颜色',
    slowMode: '慢速模式：{seconds} 秒',
    membersOnly: '仅会员可发言',
    minTier: '{tier}及以上可发言',
    silenced: '主播已开启全员禁言',
    signInNeeded: '请通过主播的链接登录后发弹幕',
    yourName: '你的昵称',
    join: '加入',
    like: '点赞',
    likes: '{count} 个赞',
    live: '直播中',
    connecting: '连接中…',
    waiting: '连接已断开，{seconds} 秒后重试',
    waitingFlood: '发送太频繁，{seconds} 秒后恢复',
    retryNow: '立即重试',
    stopped1000: '已断开连接',
    stopped1009: '消息过大，被服务器拒绝，请刷新页面',
    stopped4400: '页面与服务器版本不符，请刷新页面',
    stopped4401: '需要有效登录才能观看',
    stopped4403: '你不能进入这个直播间',
    signedOut: '登录已失效，正以游客身份观看',
    inSeconds: '{seconds} 秒',
    bad_request: '服务器没有看懂这条消息',
    too_large: '内容太长了',
    unauthorized: '登录后才能发言',
    forbidden: '你的身份不能这样做',
    rate_limited: '慢一点，歇一歇',
    slow_mode: '慢速模式已开启',
    duplicate_text: '刚刚发过同样的内容',
    blocked_text: '内容含有不允许的词',
    muted: '你已被禁言',
    mutedForGood: '你已被永久禁言',
    members_only: '仅会员可发言',
    tier_required: '会员等级不够',
    busy: '服务器繁忙',
    unavailable: '服务器暂时无法保存',
    timeout: '还没有收到确认，再发一次不会重复',
    closed: '尚未连接',
    refused: '被拒绝：{code}',
  },
};

const language = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
const numbers = new Intl.NumberFormat(language);

/** The words for a key, with `{name}` replaced; numbers in the language's own way. */
export function t(key, values = {}) {
  return WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => number(values[name]));
}

export function has(key) {
  return key in WORDS[language];
}

export function number(value) {
  return typeof value === 'number' ? numbers.format(value) : value;
}

/** Fills in what the document marks: `data-t` its text, `data-t-label` its accessible name. */
export function translate(root) {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = t('title');
  for (const element of root.querySelectorAll('[data-t]')) {
    element.textContent = t(element.dataset.t);
  }
  for (const element of root.querySelectorAll('[data-t-label]')) {
    element.setAttribute('aria-label', t(element.dataset.tLabel));
    element.setAttribute('title', t(element.dataset.tLabel));
  }
  for (const element of root.querySelectorAll('[data-t-placeholder]')) {
    element.placeholder = t(element.dataset.tPlaceholder);
  }
}
