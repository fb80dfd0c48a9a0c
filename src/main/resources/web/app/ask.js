/** Asks the person at the screen one thing, in a dialog of its own. */
import { speak } from './language.js';

const { t } = speak({
  en: {
    title: '',
    cancel: 'Cancel',
    devKeyTitle: 'Whose machine is this?',
    devKeyText:
      'This server gives sign-ins to whoever can read its files: paste the line of the file dev-key in its data folder (data/redis/dev-key), or open one of the links that it printed.',
    devKeyYes: 'Go on',
    otherTitle: 'Be somebody else?',
    otherText: 'This link signs you in as {to}. You are signed in here as {from}.',
    otherYes: 'Sign in as {to}',
    otherNo: 'Stay {from}',
  },
  zh: {
    title: '',
    cancel: '取消',
    devKeyTitle: '这是谁的机器？',
    devKeyText:
      '能读到服务器文件的人才能在这里登录：请粘贴数据目录里 dev-key 文件（data/redis/dev-key）中的那一行，或打开服务器启动时打印的链接。',
    devKeyYes: '继续',
    otherTitle: '换一个身份？',
    otherText: '这个链接会让你以 {to} 的身份登录，而你现在的身份是 {from}。',
    otherYes: '以 {to} 登录',
    otherNo: '仍是 {from}',
  },
});

/** @returns {Promise<string|null>} the key, or null when there is none to be had */
export function askForDevKey() {
  return ask({
    title: t('devKeyTitle'),
    text: t('devKeyText'),
    yes: t('devKeyYes'),
    no: t('cancel'),
    input: true,
  });
}

/** @returns {Promise<boolean>} whether the new identity takes the place of the old one */
export async function askForOther(from, to) {
  const answer = await ask({
    title: t('otherTitle'),
    text: t('otherText', { from, to }),
    yes: t('otherYes', { to }),
    no: t('otherNo', { from }),
  });
  return answer !== null;
}

function ask({ title, text, yes, no, input = false }) {
  const dialog = document.createElement('dialog');
  dialog.className = 'ask';
  const form = document.createElement('form');
  form.method = 'dialog';
  const heading = add(form, 'h2', title);
  heading.id = 'ask-title';
  dialog.setAttribute('aria-labelledby', heading.id);
  add(form, 'p', text);
  const field = input ? add(form, 'input', '') : null;
  if (field) {
    field.autocomplete = 'off';
    field.setAttribute('aria-labelledby', heading.id);
  }
  const buttons = add(form, 'div', '');
  const refuse = add(buttons, 'button', no);
  refuse.type = 'button';
  refuse.addEventListener('click', () => dialog.close('no'));
  add(buttons, 'button', yes).value = 'yes';
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      const given = field ? field.value.trim() : 'yes';
      resolve(dialog.returnValue === 'yes' && given !== '' ? given : null);
    });
  });
}

function add(parent, tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  parent.append(element);
  return element;
}
