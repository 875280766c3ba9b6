import { zhHant as signedIn } from '../../ui/signed-in/words/zh-hant.ts';
import { zhHant as shared } from '../../ui/words/zh-hant.ts';
import type { Dictionary } from './dictionary.ts';

export const zhHant: Dictionary = {
  page: { ...signedIn.page, title: 'e-Proof 我的文件', brand: '我的文件' },
  document: shared.claim,
  standing: signedIn.standing,
  account: {
    ...signedIn.account,
    lead: '查看各部門發給您的牌照與證書，向他人出示，並選擇對方看到的內容。',
    officer: {
      heading: '這是文件持有人的網頁',
      text: '您以部門人員身分登入。請先登出，再以文件所屬的帳戶登入。',
    },
  },
  failure: {
    ...signedIn.failure,
    forbidden: { heading: '這裏只供文件持有人使用', text: '請先登出，再以文件所屬的帳戶登入。' },
    'not-found': {
      heading: '這個網址沒有內容',
      text: '這裏沒有您的文件。請在清單中尋找；如清單沒有，請向簽發部門查詢。',
    },
    home: '返回我的文件',
  },
  documents: {
    heading: '我的文件',
    none: {
      heading: '尚無文件',
      text: '部門向此帳戶簽發文件後，文件便會在此顯示。如應有文件，請向部門查詢是否已登記此帳戶。',
    },
    ends: '{days} 天後屆滿。請向部門查詢續期。',
    changing: '其狀況正在更改。',
    next: '較舊的文件',
    first: '最新的文件',
  },
  own: {
    document: '文件',
    says: '文件內容',
    issuer: '簽發部門',
    department: '部門',
    reference: '參考編號',
    wrong: '如內容有誤，請通知部門並提供參考編號 {reference}。',
    later: '文件正寫入區塊鏈。數分鐘後可在此取得二維碼及檔案。',
    newer: '前往取代它的文件',
    show: '出示二維碼',
    disclose: '選擇出示的內容',
    pdf: { en: 'PDF，英文', 'zh-Hant': 'PDF，英文及繁體中文', 'zh-Hans': 'PDF，英文及簡體中文' },
    proof: '完整證明，JSON',
    issued: '簽發日期',
    endsOn: '現時屆滿日',
  },
  show: {
    code: '此文件的二維碼',
    hint: '掃描此碼的人會看到紙本二維碼所示的內容。拍下此碼即為副本，與拍下紙本無異。',
    full: '全螢幕顯示',
    back: '返回文件',
  },
  disclose: {
    heading: '選擇出示的內容',
    choose: '對方會看到',
    always: '文件種類、簽發部門、日期及參考編號必定顯示。',
    seen: '對方看到的內容',
    unseen: '對方看不到',
    nothing: '沒有隱藏的內容。',
    handOver: '交給對方',
    forGood: '內容在此裝置上製作，不會通知任何人。對方可一直保留此碼或連結：已出示的內容無法收回。',
    showCode: '以二維碼出示',
    hideCode: '隱藏二維碼',
    copy: '複製連結',
    copied: '已複製連結。',
    look: '以對方的角度查看',
  },
};
