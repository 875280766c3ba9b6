import type { SharedSignedInWords } from './dictionary.ts';

export const zhHant: SharedSignedInWords = {
  page: {
    skip: '跳至內容',
    language: '語言',
    test: '測試數據：這是測試系統，在此簽發的文件並無法律效力。',
    version: '網頁版本 {version}',
    navigation: '各部分',
    loading: '正在載入……',
  },
  account: {
    signIn: '登入',
    signOut: '登出',
  },
  failure: {
    'signed-out': {
      heading: '您已登出',
      text: '您的登入時段已結束。您在本頁輸入的內容不會遺失：請在另一視窗登入，再回到這裏重試。',
    },
    'no-answer': { heading: '未能連接服務', text: '請檢查網絡。內容不會遺失：請重試，已完成的事不會重複執行。' },
    busy: { heading: '要求過多', text: '請稍等一分鐘再試。' },
    refused: { heading: '未能執行', text: '可能有其他人在此期間作出更改。請重新查看。' },
    fault: { heading: '系統出現問題', text: '請重試。如情況持續，請將下列編號告知系統營運人員。' },
    again: '重試',
    number: '供營運人員參考：{code} {requestId}',
    signInHere: '在另一視窗登入',
  },
  standing: {
    failed: '失敗：未有簽發',
    disbelieved: '查核結果不屬真確：須重新簽發',
    coming: '正送往鏈上',
    revoked: '已撤銷',
    superseded: '已由較新的文件取代',
    suspendedUntil: '暫時吊銷至{date}',
    suspended: '暫時吊銷，直至恢復為止',
    expired: '已於{date}屆滿',
    notYet: '於{date}開始生效',
    partly: '部分已於{date}屆滿',
    pastDate: '原定{date}屆滿，現仍有效',
    inForceUntil: '有效至{date}',
    inForce: '有效，沒有屆滿日期',
  },
};
