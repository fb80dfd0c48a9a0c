/** The words of this page. */
import { speak } from '/app/language.js';

export const WORDS = {
  en: {
    title: 'Barrage · check a result',
    heading: 'Check a result',
    room: 'Room',
    kind: 'Kind',
    check: 'Check',
    fromFile: 'Or a proof that you have',
    drop: 'Drop a file here, or choose one',
    paste: 'Or paste it here',
    loading: 'Fetching the proof…',
    notJson: 'This is not a proof: it is not JSON.',
    unreadable: 'This file cannot be read.',
    forbidden: 'You may not see this room.',
    notLoaded: 'A part of this page did not come. Try again.',
    noAnswer: 'The server gave no proof. Try again later.',
    plainHttp:
      'This page came over plain http. Browsers keep their own SHA-256 from such pages, so it is computed with the page’s; whoever sits between you and the server could have changed the page. To be sure, run: java -jar barrage.jar verify proof.json',
    notChecked: 'Not checked',
    download: 'Save the proof',
  },
  zh: {
    title: 'Barrage · 验证结果',
    heading: '验证结果',
    room: '直播间',
    kind: '种类',
    check: '验证',
    fromFile: '或者用已有的证明',
    drop: '把文件拖到这里，或点击选择',
    paste: '或粘贴到这里',
    loading: '正在获取证明…',
    notJson: '这不是证明：不是 JSON',
    unreadable: '无法读取这个文件',
    forbidden: '你不能查看这个直播间',
    notLoaded: '页面的一部分没有加载，请重试',
    noAnswer: '服务器没有给出证明，请稍后再试',
    plainHttp:
      '本页经由普通 http 打开，浏览器不向这类页面提供 SHA-256，因此使用页面自带的实现；处在你和服务器之间的人可能改动页面。要完全确定，请运行：java -jar barrage.jar verify proof.json',
    notChecked: '未检查',
    download: '保存证明',
  },
};

export const words = speak(WORDS);
export const { t, translate } = words;
