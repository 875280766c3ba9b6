import type { Draw } from './draw.ts';

/** Both official languages, as a bilingual claim takes them. */
export type Bilingual = { readonly en: string; readonly 'zh-Hant': string };

/** What stands in a name that has one language only. */
export type Named = Bilingual | { readonly en: string } | { readonly 'zh-Hant': string };

type Pair = readonly [en: string, zh: string];

const SURNAMES: readonly Pair[] = [
  ['Chan', '陳'],
  ['Wong', '黃'],
  ['Lee', '李'],
  ['Cheung', '張'],
  ['Lau', '劉'],
  ['Leung', '梁'],
  ['Ng', '吳'],
  ['Ho', '何'],
  ['Lam', '林'],
  ['Tsang', '曾'],
  ['Kwok', '郭'],
  ['Yip', '葉'],
  ['Fung', '馮'],
  ['Tang', '鄧'],
  ['Wai', '衞'],
  ['Au Yeung', '歐陽'],
  ['Szeto', '司徒'],
  ['Hui', '許'],
  ['Mak', '麥'],
  ['Poon', '潘'],
];

const GIVEN_NAMES: readonly Pair[] = [
  ['Tai Man', '大文'],
  ['Siu Ming', '小明'],
  ['Wing Yan', '詠欣'],
  ['Chi Keung', '志強'],
  ['Mei Ling', '美玲'],
  ['Ka Yan', '嘉恩'],
  ['Kwok Wai', '國偉'],
  ['Sze Wing', '思穎'],
  ['Ho Yin', '浩賢'],
  ['Yuk Lan', '玉蘭'],
  ['Tsz Ching', '芷晴'],
  ['Chun Kit', '俊傑'],
  ['Hiu Tung', '曉彤'],
  ['Pak Hei', '柏希'],
  ['Lai Kuen', '麗娟'],
  ['Man Hon', '文瀚'],
  ['Kam Fai', '錦輝'],
  ['Suet Yi', '雪怡'],
  ['Long', '朗'],
  ['Yee', '頤'],
];

const NAMES_WITHOUT_CHINESE = [
  'Maria Dela Rosa',
  'Harpreet Singh',
  'James O’Connor',
  'Siti Rahayu',
  'Anne-Marie Dubois',
];

/** A person of Hong Kong; one in fourteen has no Chinese name. */
export function person(draw: Draw): Named {
  if (draw.chance(7)) return { en: draw.pick(NAMES_WITHOUT_CHINESE) };
  return chinesePerson(draw);
}

export function chinesePerson(draw: Draw): Bilingual {
  return childOf(draw.pick(SURNAMES), draw);
}

/** A child with its parents: the father gives the surname, the mother keeps her own. */
export function family(draw: Draw): { child: Bilingual; father: Bilingual; mother: Bilingual } {
  const surname = draw.pick(SURNAMES);
  return { child: childOf(surname, draw), father: childOf(surname, draw), mother: chinesePerson(draw) };
}

function childOf([surname, surnameZh]: Pair, draw: Draw): Bilingual {
  const [given, givenZh] = draw.pick(GIVEN_NAMES);
  return { en: `${surname} ${given}`, 'zh-Hant': `${surnameZh}${givenZh}` };
}

/** A signing officer with the post, both languages. */
export function officer(draw: Draw, post: Bilingual): Bilingual {
  const name = chinesePerson(draw);
  return { en: `${name.en}, ${post.en}`, 'zh-Hant': `${name['zh-Hant']}（${post['zh-Hant']}）` };
}

const BRANDS: readonly Pair[] = [
  ['Golden Harbour', '金灣'],
  ['Wing Shing', '永盛'],
  ['Hoi Tin', '海天'],
  ['Lucky Sail', '順帆'],
  ['Jade Peak', '翠峯'],
  ['Fook Lam', '福林'],
  ['Eastern Star', '東星'],
  ['Kin Fat', '建發'],
  ['Pacific Bridge', '太橋'],
  ['Sun Hing', '新興'],
  ['Tai Cheong', '泰昌'],
  ['Wai Kee', '衞記'],
];

const TRADES = {
  catering: ['Catering', '餐飲'],
  food: ['Food', '食品'],
  entertainment: ['Entertainment', '娛樂'],
  employment: ['Employment Agency', '職業介紹所'],
  engineering: ['Engineering', '工程'],
  fire: ['Fire Engineering', '消防工程'],
  electrical: ['Electrical Engineering', '電業工程'],
  lift: ['Elevator', '升降機'],
  construction: ['Construction', '建築'],
  logistics: ['Logistics', '物流'],
  chemical: ['Chemicals', '化工'],
  trading: ['Trading', '貿易'],
  remittance: ['Remittance', '匯兌'],
  travel: ['Travel Service', '旅遊'],
  hotel: ['Hospitality', '酒店管理'],
  care: ['Elderly Care', '護老'],
  pets: ['Pets', '寵物'],
  shipping: ['Shipping', '船務'],
  technology: ['Technology', '科技'],
} as const satisfies Record<string, Pair>;

/** A limited company of the trade. */
export function company(draw: Draw, trade: keyof typeof TRADES): Bilingual {
  const [brand, brandZh] = draw.pick(BRANDS);
  const [work, workZh] = TRADES[trade];
  return { en: `${brand} ${work} Limited`, 'zh-Hant': `${brandZh}${workZh}有限公司` };
}

const SHOP_SIGNS: readonly Named[] = [
  { en: 'Sik Jo Mei Cafe', 'zh-Hant': '食咗未茶餐廳' },
  { en: 'Lift Lobby Coffee', 'zh-Hant': '𨋢口咖啡' },
  { en: 'Wai Kee Noodles', 'zh-Hant': '衞記麵家' },
  { 'zh-Hant': '𠝹糖餅小食' },
  { en: 'Harbour View Restaurant', 'zh-Hant': '海景酒家' },
  { en: 'Tai Pai Congee', 'zh-Hant': '大牌粥品' },
  { en: 'Café Crème' },
  { en: 'Lung Fung Seafood', 'zh-Hant': '龍鳳海鮮' },
  { en: 'Morning Bun Bakery', 'zh-Hant': '晨包餅店' },
  { en: 'Old Street Ice Room', 'zh-Hant': '舊街冰室' },
];

/** What stands over the door; some signs have one language. */
export function shopSign(draw: Draw): Named {
  return draw.pick(SHOP_SIGNS);
}

const HOUSE_NAMES: readonly Pair[] = [
  ['Sunrise', '晨曦'],
  ['Evergreen', '長青'],
  ['Harmony', '和諧'],
  ['Blue Lantern', '藍燈籠'],
  ['Kindly', '仁愛'],
  ['Hillside', '山景'],
];

/** A house that bears a name: `house(draw, ['Guesthouse', '賓館'])`. */
export function house(draw: Draw, [kind, kindZh]: Pair): Bilingual {
  const [name, nameZh] = draw.pick(HOUSE_NAMES);
  return { en: `${name} ${kind}`, 'zh-Hant': `${nameZh}${kindZh}` };
}

const VESSELS: readonly Pair[] = [
  ['Pearl Voyager', '珠江遠航'],
  ['Oriental Grace', '東方瑞麗'],
  ['Lion Rock', '獅子山'],
  ['Hong Kong Spirit', '香港精神'],
  ['Sea Crane', '海鶴'],
  ['Lamma Breeze', '南丫清風'],
];

export function vessel(draw: Draw): Bilingual {
  const [en, zh] = draw.pick(VESSELS);
  return { en, 'zh-Hant': zh };
}

interface District {
  en: string;
  zh: string;
  streets: readonly Pair[];
}

const DISTRICTS: readonly District[] = [
  {
    en: 'Tsim Sha Tsui, Kowloon',
    zh: '九龍尖沙咀',
    streets: [
      ['Nathan Road', '彌敦道'],
      ['Carnarvon Road', '加拿分道'],
    ],
  },
  {
    en: 'Mong Kok, Kowloon',
    zh: '九龍旺角',
    streets: [
      ['Shanghai Street', '上海街'],
      ['Sai Yeung Choi Street South', '西洋菜南街'],
    ],
  },
  {
    en: 'Sham Shui Po, Kowloon',
    zh: '九龍深水埗',
    streets: [
      ['Fuk Wa Street', '福華街'],
      ['Apliu Street', '鴨寮街'],
    ],
  },
  {
    en: 'Kwun Tong, Kowloon',
    zh: '九龍觀塘',
    streets: [
      ['Hung To Road', '鴻圖道'],
      ['Yue Man Square', '裕民坊'],
    ],
  },
  {
    en: 'Wan Chai, Hong Kong',
    zh: '香港灣仔',
    streets: [
      ['Hennessy Road', '軒尼詩道'],
      ['Lockhart Road', '駱克道'],
    ],
  },
  {
    en: 'Sheung Wan, Hong Kong',
    zh: '香港上環',
    streets: [
      ['Wing Lok Street', '永樂街'],
      ['Des Voeux Road West', '德輔道西'],
    ],
  },
  {
    en: 'North Point, Hong Kong',
    zh: '香港北角',
    streets: [
      ["King's Road", '英皇道'],
      ['Java Road', '渣華道'],
    ],
  },
  {
    en: 'Tsuen Wan, New Territories',
    zh: '新界荃灣',
    streets: [
      ['Castle Peak Road', '青山公路'],
      ['Sha Tsui Road', '沙咀道'],
    ],
  },
  {
    en: 'Yuen Long, New Territories',
    zh: '新界元朗',
    streets: [
      ['Kau Yuk Road', '教育路'],
      ['Fung Cheung Road', '鳳翔路'],
    ],
  },
  {
    en: 'Sai Kung, New Territories',
    zh: '新界西貢',
    streets: [
      ['Po Tung Road', '普通道'],
      ['Yi Chun Street', '宜春街'],
    ],
  },
];

const BUILDINGS: readonly Pair[] = [
  ['Wing Fat', '永發'],
  ['Hang Yip', '恒業'],
  ['Kam Lung', '錦龍'],
  ['Shun Cheong', '順昌'],
  ['Fu Tak', '富德'],
  ['Ching Wah', '正華'],
  ['Lok Sin', '樂善'],
  ['Po Hing', '寶興'],
];

const UNITS = {
  shop: (draw: Draw): Place => {
    const shop = draw.integer(1, 28);
    return { en: `Shop ${shop}, G/F, `, zh: `地下${shop}號舖`, building: ['Building', '大廈'] };
  },
  office: (draw: Draw): Place => {
    const floor = draw.integer(3, 29);
    const room = `${floor}${draw.pick(['01', '02', '05', '08', '12'])}`;
    return { en: `Room ${room}, ${floor}/F, `, zh: `${floor}樓${room}室`, building: ['Commercial Centre', '商業中心'] };
  },
  factory: (draw: Draw): Place => {
    const [unit, floor] = [draw.pick(['A', 'B', 'C', 'D1']), draw.integer(2, 18)];
    return {
      en: `Unit ${unit}, ${floor}/F, `,
      zh: `${floor}樓${unit}室`,
      building: ['Industrial Building', '工業大廈'],
    };
  },
  flat: (draw: Draw): Place => {
    const [flat, floor] = [draw.pick(['A', 'B', 'C', 'F']), draw.integer(1, 33)];
    return { en: `Flat ${flat}, ${floor}/F, `, zh: `${floor}樓${flat}室`, building: ['Mansion', '大樓'] };
  },
  whole: (): Place => ({ en: '', zh: '', building: ['House', '樓'] }),
};

interface Place {
  en: string;
  zh: string;
  building: Pair;
}

/** An address as an envelope has it in each language; street and district are real, building and unit are not. */
export function address(draw: Draw, unit: keyof typeof UNITS): Bilingual {
  const place = UNITS[unit](draw);
  const [building, buildingZh] = draw.pick(BUILDINGS);
  const [kind, kindZh] = place.building;
  const district = draw.pick(DISTRICTS);
  const [street, streetZh] = draw.pick(district.streets);
  const number = draw.integer(2, 398);
  return {
    en: `${place.en}${building} ${kind}, ${number} ${street}, ${district.en}`,
    'zh-Hant': `${district.zh}${streetZh}${number}號${buildingZh}${kindZh}${place.zh}`,
  };
}
