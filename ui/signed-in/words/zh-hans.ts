import type { SharedSignedInWords } from './dictionary.ts';

export const zhHans: SharedSignedInWords = {
  page: {
    skip: '跳至内容',
    language: '语言',
    test: '测试数据：这是测试系统，在此签发的文件没有法律效力。',
    version: '网页版本 {version}',
    navigation: '各部分',
    loading: '正在加载……',
  },
  account: {
    signIn: '登录',
    signOut: '退出登录',
  },
  failure: {
    'signed-out': {
      heading: '您已退出登录',
      text: '您的登录时段已结束。您在本页输入的内容不会丢失：请在另一窗口登录，再回到这里重试。',
    },
    'no-answer': { heading: '未能连接服务', text: '请检查网络。内容不会丢失：请重试，已完成的事不会重复执行。' },
    busy: { heading: '请求过多', text: '请稍等一分钟再试。' },
    refused: { heading: '未能执行', text: '可能有其他人在此期间作出更改。请重新查看。' },
    fault: { heading: '系统出现问题', text: '请重试。如情况持续，请将下列编号告知系统运营人员。' },
    again: '重试',
    number: '供运营人员参考：{code} {requestId}',
    signInHere: '在另一窗口登录',
  },
  standing: {
    failed: '失败：未有签发',
    disbelieved: '查核结果不属真确：须重新签发',
    coming: '正送往链上',
    revoked: '已撤销',
    superseded: '已由较新的文件取代',
    suspendedUntil: '暂时吊销至{date}',
    suspended: '暂时吊销，直至恢复为止',
    expired: '已于{date}届满',
    notYet: '于{date}开始生效',
    partly: '部分已于{date}届满',
    pastDate: '原定{date}届满，现仍有效',
    inForceUntil: '有效至{date}',
    inForce: '有效，没有届满日期',
  },
};
