import { zhHans as signedIn } from '../../ui/signed-in/words/zh-hans.ts';
import { zhHans as shared } from '../../ui/words/zh-hans.ts';
import type { Dictionary } from './dictionary.ts';

export const zhHans: Dictionary = {
  page: { ...signedIn.page, title: 'e-Proof 我的文件', brand: '我的文件' },
  document: shared.claim,
  standing: signedIn.standing,
  account: {
    ...signedIn.account,
    lead: '查看各部门发给您的牌照与证书，向他人出示，并选择对方看到的内容。',
    officer: {
      heading: '这是文件持有人的网页',
      text: '您以部门人员身份登录。请先退出，再以文件所属的账户登录。',
    },
  },
  failure: {
    ...signedIn.failure,
    forbidden: { heading: '这里只供文件持有人使用', text: '请先退出，再以文件所属的账户登录。' },
    'not-found': {
      heading: '这个网址没有内容',
      text: '这里没有您的文件。请在列表中查找；如列表没有，请向签发部门查询。',
    },
    home: '返回我的文件',
  },
  documents: {
    heading: '我的文件',
    none: {
      heading: '尚无文件',
      text: '部门向此账户签发文件后，文件便会在此显示。如应有文件，请向部门查询是否已登记此账户。',
    },
    ends: '{days} 天后届满。请向部门查询续期。',
    changing: '其状况正在更改。',
    next: '较旧的文件',
    first: '最新的文件',
  },
  own: {
    document: '文件',
    says: '文件内容',
    issuer: '签发部门',
    department: '部门',
    reference: '参考编号',
    wrong: '如内容有误，请通知部门并提供参考编号 {reference}。',
    later: '文件正写入区块链。几分钟后可在此取得二维码及文件。',
    newer: '前往取代它的文件',
    show: '出示二维码',
    disclose: '选择出示的内容',
    pdf: { en: 'PDF，英文', 'zh-Hant': 'PDF，英文及繁体中文', 'zh-Hans': 'PDF，英文及简体中文' },
    proof: '完整证明，JSON',
    issued: '签发日期',
    endsOn: '现时届满日',
  },
  show: {
    code: '此文件的二维码',
    hint: '扫描此码的人会看到纸本二维码所示的内容。拍下此码即为副本，与拍下纸本无异。',
    full: '全屏显示',
    back: '返回文件',
  },
  disclose: {
    heading: '选择出示的内容',
    choose: '对方会看到',
    always: '文件种类、签发部门、日期及参考编号必定显示。',
    seen: '对方看到的内容',
    unseen: '对方看不到',
    nothing: '没有隐藏的内容。',
    handOver: '交给对方',
    forGood: '内容在此设备上制作，不会通知任何人。对方可一直保留此码或链接：已出示的内容无法收回。',
    showCode: '以二维码出示',
    hideCode: '隐藏二维码',
    copy: '复制链接',
    copied: '已复制链接。',
    look: '以对方的角度查看',
  },
};
