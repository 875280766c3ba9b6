import type { ValidityRule } from '../proof/credential-type.ts';
import { decodeDate, toDate } from '../proof/day.ts';
import type { Json } from '../proof/json.ts';
import { loadCatalogue } from './catalogue.ts';
import { createDraw, type Draw } from './draw.ts';
import {
  address,
  type Bilingual,
  chinesePerson,
  company,
  family,
  house,
  officer,
  person,
  shopSign,
  vessel,
} from './invented.ts';
import type { FollowedDate } from './lifecycle.ts';
import { brNumber, chassisNumber, hkid, imoNumber, registrationMark } from './numbers.ts';
import { device, portrait } from './picture.ts';
import { followedEnd, itemEnds, lastDayOf, proposedValidUntil, type ValidityDates } from './validity.ts';

/** Claims as the API takes them: an image is `{ mediaType, data }` with its bytes in base64. */
export type SampleClaims = Record<string, Json>;

export interface Sample {
  claims: SampleClaims;
  /** Obeys the type's validity rule; in force on the day that was asked for. */
  validity: ValidityDates;
}

/**
 * A credential's worth of invented, realistic claims of the type `code`. The same code, day and seed give the same sample; another
 * seed gives another document number. `today` is `YYYY-MM-DD`.
 */
export function sampleClaims(code: string, today: string, seed = 0): Sample {
  const recipe = RECIPES[code];
  const rule = rules().get(code);
  if (recipe === undefined || rule === undefined) throw new TypeError(`"code" ${code} is not a type of the catalogue`);
  const claims = recipe(createDraw(code, seed), today);
  return { claims, validity: toValidity(rule, today, claims) };
}

/** Samples of the seeds 0 to `count` − 1. */
export function sampleVariants(code: string, today: string, count: number): Sample[] {
  return Array.from({ length: count }, (_, seed) => sampleClaims(code, today, seed));
}

let knownRules: Map<string, Rules> | undefined;

interface Rules {
  validity: ValidityRule;
  follows: FollowedDate | null;
}

/** Read once, and only when a sample is asked for. */
function rules(): Map<string, Rules> {
  knownRules ??= new Map(
    loadCatalogue().types.map(({ code, definition: { validity }, lifecycle: { follows } }) => [
      code,
      { validity, follows },
    ]),
  );
  return knownRules;
}

function toValidity({ validity: rule, follows }: Rules, today: string, claims: SampleClaims): ValidityDates {
  const dates = { issued: today, validFrom: today };
  if (rule.kind === 'perItem') return { ...dates, validUntil: itemEnds(claims, rule.claim)?.validUntil ?? null };
  if (rule.kind === 'followsParent') return { ...dates, validUntil: lastDayOf(today, 24) };
  const validUntil = proposedValidUntil(rule, today) ?? null;
  const latest = follows ? followedEnd(follows, claims) : undefined;
  return {
    ...dates,
    validUntil: latest !== undefined && validUntil !== null && latest < validUntil ? latest : validUntil,
  };
}

type Recipe = (draw: Draw, today: string) => SampleClaims;

function both(en: string, zhHant: string): Bilingual {
  return { en, 'zh-Hant': zhHant };
}

function daysBefore(today: string, days: number): string {
  return toDate(decodeDate(today) - days);
}

function yearOf(today: string): string {
  return today.slice(0, 4);
}

/** Some of the usual conditions, never none. */
function some(draw: Draw, conditions: readonly Bilingual[]): Bilingual[] {
  const chosen = conditions.filter(() => draw.chance(60));
  return chosen.length > 0 ? chosen : conditions.slice(0, 1);
}

const HEALTH_INSPECTOR = both('Chief Health Inspector', '總衞生督察');
const FIRE_OFFICER = both('for Director of Fire Services', '消防處處長代行');
const EDUCATION_OFFICER = both('for Permanent Secretary for Education', '教育局常任秘書長代行');

const SCHOOL_CONDITIONS = [
  both(
    'Not more than 36 pupils shall be in any classroom at any one time.',
    '每個課室在任何時間內不得容納超過36名學生。',
  ),
  both('Kindergarten classes shall not be held above the fourth floor.', '幼稚園班級不得設於四樓以上。'),
];
const FOOD_CONDITIONS = [
  both(
    'The premises shall be kept in accordance with the approved plan.',
    '處所的間隔須與核准圖則相符，不得擅自更改。',
  ),
  both('No food shall be prepared outside the licensed area.', '不得在持牌範圍以外配製食物。'),
  both('A hygiene supervisor shall be present during business hours.', '營業時間內須有衞生督導員在場。'),
];
const FOOD_ENDORSEMENTS = [
  both('Outside seating accommodation of 12 m² is permitted.', '准許設置露天座位12平方米。'),
  both('Sale of sashimi is permitted.', '准許出售刺身。'),
];
const DANGEROUS_GOODS_CONDITIONS = [
  both('No naked light within 3 metres of the goods.', '危險品3米範圍內不得有明火。'),
  both('Two 4.5 kg dry powder extinguishers shall be provided.', '須備有兩具4.5公斤乾粉滅火筒。'),
];
const HOME_CONDITIONS = [
  both('A home manager shall be employed at all times.', '須時刻僱用一名主管。'),
  both('Beds shall not obstruct the means of escape.', '床位不得阻塞逃生途徑。'),
];
const ANIMAL_CONDITIONS = [
  both('Dogs shall be kept in accordance with the Code of Practice.', '狗隻的飼養須遵照實務守則。'),
  both('Records of all sales shall be kept for two years.', '所有售賣紀錄須保存兩年。'),
];
const GOODS_CLASSES = ['2.1', '2.2', '3', '3A', '5.1', '8'];

function sortedSome(draw: Draw, list: readonly string[]): string[] {
  const chosen = list.filter(() => draw.chance(40));
  return chosen.length > 0 ? chosen : [draw.pick(list)];
}

function school(draw: Draw): SampleClaims {
  const isCentre = draw.chance(50);
  return {
    registrationNumber: `9${draw.serial(5)}`,
    schoolName: house(draw, isCentre ? ['Learning Centre', '教育中心'] : ['Primary School', '小學']),
    premisesAddress: address(draw, isCentre ? 'office' : 'whole'),
    conditions: some(draw, SCHOOL_CONDITIONS),
    signingOfficer: officer(draw, EDUCATION_OFFICER),
  };
}

function foodPremises(draw: Draw, trade: 'catering' | 'food'): SampleClaims {
  return {
    licenceNumber: `29${draw.serial(8)}`,
    licenceType: 'full',
    licenseeName: draw.chance(70) ? company(draw, trade) : person(draw),
    shopSign: shopSign(draw),
    premisesAddress: address(draw, trade === 'food' ? 'factory' : 'shop'),
    conditions: some(draw, FOOD_CONDITIONS),
    ...(draw.chance(50) ? { endorsements: some(draw, FOOD_ENDORSEMENTS) } : {}),
    signingOfficer: officer(draw, HEALTH_INSPECTOR),
  };
}

function estateAgent(draw: Draw, letter: string, licenceType: string): SampleClaims {
  return {
    licenceNumber: `${letter}-9${draw.serial(5)}`,
    holderName: person(draw),
    licenceType,
    photo: portrait(draw.integer(0, 99)),
    ...(draw.chance(20)
      ? {
          conditions: [
            both('Shall complete 12 hours of training in the licence period.', '須在牌照有效期內完成12小時培訓。'),
          ],
        }
      : {}),
  };
}

function dogBreeder(draw: Draw, letter: string): SampleClaims {
  return {
    licenceNumber: `DB${letter}-9${draw.serial(4)}`,
    licenseeName: letter === 'A' ? person(draw) : company(draw, 'pets'),
    premisesAddress: address(draw, letter === 'A' ? 'flat' : 'factory'),
    maxDams: letter === 'A' ? draw.integer(1, 4) : draw.integer(5, 40),
    conditions: some(draw, ANIMAL_CONDITIONS),
  };
}

function movingStairs(draw: Draw, today: string): SampleClaims {
  return {
    buildingAddress: address(draw, 'whole'),
    examDate: daysBefore(today, draw.integer(3, 20)),
    engineer: chinesePerson(draw),
    contractor: company(draw, 'lift'),
  };
}

const RECIPES: Readonly<Record<string, Recipe>> = {
  'EDB-SCH-REG': (draw) => ({ ...school(draw), supervisor: chinesePerson(draw) }),
  'EDB-SCH-PROV': school,

  'CSB-CRE': (draw, today) => ({
    certificateNumber: `CRE${yearOf(today)}${draw.serial(6)}`,
    holderName: person(draw),
    examDate: daysBefore(today, 45),
    resultUC: draw.pick(['level-2', 'level-1', 'fail']),
    resultUE: draw.pick(['level-2', 'level-1', 'fail']),
    resultAT: draw.pick(['pass', 'fail']),
    hkid: hkid(draw),
    candidateNumber: `C${draw.serial(7)}`,
  }),
  'CSB-BLNST': (draw, today) => ({
    certificateNumber: `BLN${yearOf(today)}${draw.serial(6)}`,
    holderName: person(draw),
    testLevel: draw.pick(['degree', 'secondary', 'below-secondary']),
    result: draw.pick(['pass', 'fail']),
    testDate: daysBefore(today, 30),
    hkid: hkid(draw),
  }),

  'FSD-DG-STO': (draw, today) => ({
    licenceNumber: `DG/S/${draw.serial(5)}/${yearOf(today)}`,
    licenseeName: company(draw, 'chemical'),
    storeLocation: address(draw, 'factory'),
    storeType: draw.pick(['store', 'cylinder-store', 'underground-tank', 'cabinet']),
    dgClass: sortedSome(draw, GOODS_CLASSES),
    quantity: [
      { item: 'Class 2.1', amount: `${draw.integer(50, 400)}`, unit: 'kg' },
      { item: 'Class 3', amount: `${draw.integer(200, 2500)}`, unit: 'L' },
    ],
    conditions: some(draw, DANGEROUS_GOODS_CONDITIONS),
    signingOfficer: officer(draw, FIRE_OFFICER),
  }),
  'FSD-DG-VEH': (draw, today) => ({
    licenceNumber: `DG/V/${draw.serial(5)}/${yearOf(today)}`,
    vehicleRegMark: registrationMark(draw),
    licenseeName: company(draw, 'logistics'),
    dgClass: sortedSome(draw, GOODS_CLASSES),
    chassisNumber: chassisNumber(draw),
    maxQuantity: [{ item: 'Class 2.1', amount: `${draw.integer(500, 4000)}`, unit: 'kg' }],
    conditions: some(draw, DANGEROUS_GOODS_CONDITIONS),
  }),
  'FSD-FSIC': (draw) => ({
    registrationNumber: `RC2/9${draw.serial(3)}`,
    contractorName: company(draw, 'fire'),
    class: draw.pick([['1'], ['2'], ['1', '2'], ['3']]),
    businessAddress: address(draw, 'office'),
    brNumber: brNumber(draw),
    qualifiedPerson: chinesePerson(draw),
  }),
  'FSD-FSCERT': (draw) => ({
    certificateNumber: `FSC${draw.serial(7)}`,
    premisesName: shopSign(draw),
    premisesAddress: address(draw, 'shop'),
    use: draw.pick([
      'general-restaurant',
      'light-refreshment-restaurant',
      'food-factory',
      'school',
      'hotel-guesthouse',
    ]),
    applicant: company(draw, 'catering'),
    fsRef: `FP 9/${draw.serial(5)}`,
    signingOfficer: officer(draw, FIRE_OFFICER),
  }),

  'FEHD-GRL': (draw) => ({
    ...foodPremises(draw, 'catering'),
    seatingArea: { amount: `${draw.integer(20, 480)}.${draw.integer(0, 9)}`, unit: 'm²' },
    layoutPlanRef: `LP/${draw.serial(5)}`,
  }),
  'FEHD-LRR': (draw) => ({
    ...foodPremises(draw, 'catering'),
    foodGroup: draw.pick(['any-simple-cooking', 'group-a', 'group-b']),
  }),
  'FEHD-PFB': (draw) => ({
    ...foodPremises(draw, 'catering'),
    licenceType: draw.pick(['general-restaurant', 'light-refreshment-restaurant', 'food-factory', 'bakery']),
  }),
  'FEHD-FF': (draw) => ({
    ...foodPremises(draw, 'food'),
    foodTypes: sortedSome(draw, ['Dim sum 點心', 'Lunch boxes 飯盒', 'Soya bean products 豆品', 'Sauces 醬料']),
  }),
  'FEHD-RFP': (draw) => ({
    licenceNumber: `30${draw.serial(8)}`,
    permittee: company(draw, 'food'),
    premisesAddress: address(draw, 'shop'),
    foodItems: sortedSome(draw, [
      'Milk 奶類',
      'Frozen confections 冰凍甜點',
      'Sushi 壽司',
      'Sashimi 刺身',
      'Cut fruit 切開水果',
    ]),
    conditions: some(draw, FOOD_CONDITIONS),
  }),
  'FEHD-PPE': (draw) => ({
    licenceNumber: `31${draw.serial(8)}`,
    entertainmentType: draw.pick(['cinema', 'theatre', 'concert', 'exhibition', 'amusement-ride']),
    licenseeName: company(draw, 'entertainment'),
    premisesAddress: address(draw, 'whole'),
    capacity: draw.integer(60, 2400),
    temporary: draw.chance(20),
    conditions: [both('Exits shall be kept free from obstruction.', '出口不得阻塞。')],
  }),
  'LLB-LIQ': (draw) => ({
    licenceNumber: `51${draw.serial(8)}`,
    holderName: person(draw),
    premisesName: shopSign(draw),
    premisesAddress: address(draw, 'shop'),
    bar: draw.chance(40),
    hours: draw.pick(['10:00–24:00', '11:00–02:00', '18:00–04:00']),
    capacity: draw.integer(20, 180),
    conditions: [both('No disorder shall be permitted on the premises.', '處所內不得有擾亂秩序的行為。')],
  }),

  'LD-EA': (draw) => ({
    licenceNumber: `9${draw.serial(4)}`,
    licenseeName: company(draw, 'employment'),
    agencyName: company(draw, 'employment'),
    placeOfBusiness: address(draw, 'office'),
    branch: draw.pick(['main', 'branch']),
    placementType: ['Foreign domestic helpers 外籍家庭傭工'],
    licenceForm: 'electronic',
  }),
  'LD-CEX': (draw) => ({
    certificateNumber: `CE/9${draw.serial(4)}`,
    holder: house(draw, ['Charity Association', '慈善會']),
    placeOfBusiness: address(draw, 'office'),
    conditions: [both('No fee shall be charged to job seekers.', '不得向求職者收取費用。')],
  }),

  'EMSD-REC': (draw) => ({
    registrationNumber: `9${draw.serial(5)}`,
    contractorName: company(draw, 'electrical'),
    businessAddress: address(draw, 'factory'),
    partners: [chinesePerson(draw), chinesePerson(draw)],
    brNumber: brNumber(draw),
  }),
  'EMSD-REW': (draw) => ({
    registrationNumber: `A9${draw.serial(5)}`,
    holderName: person(draw),
    grade: draw.pick([['A'], ['A', 'B'], ['A', 'B', 'C'], ['A', 'R']]),
    hkid: hkid(draw),
    photo: portrait(draw.integer(0, 99)),
  }),
  'EMSD-LUP': (draw, today) => ({
    permitNumber: `LUP${draw.serial(8)}`,
    liftId: `L9${draw.serial(6)}`,
    ...movingStairs(draw, today),
    ratedLoad: { amount: `${draw.pick([450, 630, 825, 1000, 1350])}`, unit: 'kg' },
  }),
  'EMSD-EUP': (draw, today) => ({
    permitNumber: `EUP${draw.serial(8)}`,
    escalatorId: `E9${draw.serial(6)}`,
    ...movingStairs(draw, today),
  }),

  'TD-DL': (draw, today) => ({
    dlNumber: hkid(draw),
    holderName: person(draw),
    licenceKind: 'full',
    classes: [
      { class: '1', validFrom: today, validUntil: lastDayOf(today, 120) },
      { class: '2', validFrom: today, validUntil: lastDayOf(today, 120) },
      { class: '3', validFrom: today, validUntil: lastDayOf(today, 12) },
    ],
  }),
  'TD-EP': (draw) => ({
    licenceNumber: `EP${draw.serial(8)}`,
    permitType: draw.pick(['lantau-closed-road', 'prohibited-zone', 'long-load', 'expressway']),
    vehicleRegMark: registrationMark(draw),
    area: both('Tung Chung Road and South Lantau', '東涌道及南大嶼山道路'),
    permittee: person(draw),
    conditions: [both('Not valid from 8 a.m. to 10 a.m. on Sundays.', '星期日上午8時至10時無效。')],
  }),
  'TD-VL': (draw) => ({
    vehicleRegMark: registrationMark(draw),
    vehicleClass: draw.pick(['private-car', 'light-goods-vehicle', 'taxi', 'motor-cycle']),
    make: draw.pick(['TOYOTA', 'TESLA', 'ISUZU', 'MERCEDES-BENZ']),
    owner: person(draw),
    chassisNumber: chassisNumber(draw),
    ...(draw.chance(80) ? { engineNumber: `EN${draw.serial(7)}` } : {}),
  }),

  'MD-SHIP': (draw, today) => ({
    trackingNumber: `EC${yearOf(today)}${draw.serial(6)}`,
    certificateKind: draw.pick(['cargo-ship-construction', 'load-line', 'safety-management', 'maritime-labour']),
    shipName: vessel(draw),
    imoNumber: imoNumber(draw),
    officialNumber: `HK-9${draw.serial(3)}`,
    grossTonnage: { amount: `${draw.integer(3000, 199000)}`, unit: 'GT' },
    portOfRegistry: both('Hong Kong', '香港'),
    endorsements: [{ text: both('Annual survey satisfactory', '年度檢驗合格'), date: daysBefore(today, 20) }],
    signingOfficer: officer(draw, both('for Director of Marine', '海事處處長代行')),
  }),
  'MD-OL': (draw, today) => ({
    licenceNumber: `OL${yearOf(today)}${draw.serial(6)}`,
    vesselNumber: `9${draw.serial(5)}`,
    vesselName: vessel(draw),
    classType: draw.pick(['iv-cruiser', 'iv-open-cruiser', 'i-launch', 'ii-dry-cargo', 'iii-fishing-sampan']),
    carryingCapacity: draw.integer(4, 60),
    owner: draw.chance(50) ? person(draw) : company(draw, 'shipping'),
    insurer: 'Harbour Mutual Insurance Company Limited',
    conditions: [both('To ply within the waters of Hong Kong only.', '只准在香港水域內航行。')],
  }),
  'HKPF-SPP': (draw) => ({
    permitNumber: `99${draw.serial(8)}`,
    holderName: person(draw),
    categories: draw.pick([['A'], ['A', 'B'], ['A', 'B', 'C'], ['D']]),
    hkid: hkid(draw),
    photo: portrait(draw.integer(0, 99)),
    conditions: [
      both(
        'A medical certificate is required at the age of 65 and every two years after.',
        '年滿65歲及其後每兩年須提交醫生證明書。',
      ),
    ],
  }),
  'EAA-EAI': (draw) => estateAgent(draw, 'E', 'estate-agent'),
  'EAA-SP': (draw) => estateAgent(draw, 'S', 'salesperson'),

  'BD-RGBC': (draw, today) => ({
    registrationNumber: `GBC 9${draw.serial(3)}/${yearOf(today)}`,
    contractorName: company(draw, 'construction'),
    authorizedSignatory: chinesePerson(draw),
    technicalDirector: chinesePerson(draw),
    brNumber: brNumber(draw),
  }),
  'BD-RMWC': (draw, today) => ({
    registrationNumber: `MWC 9${draw.serial(3)}/${yearOf(today)}`,
    contractorName: company(draw, 'construction'),
    classesTypes: draw.pick([
      ['II: A, B, E', 'III: A, B, E'],
      ['I: A, B, C, D, E, F, G'],
      ['III: 3.1, 3.6, 3.23, 3.27'],
    ]),
    authorizedSignatory: chinesePerson(draw),
  }),
  'BD-AP': (draw, today) => ({
    registrationNumber: `AP(A) 9${draw.serial(3)}/${yearOf(today)}`,
    holderName: chinesePerson(draw),
    register: 'ap-architect',
  }),

  'AFCD-ATL': (draw) => ({
    licenceNumber: `ATL-9${draw.serial(4)}`,
    licenseeName: company(draw, 'pets'),
    premisesAddress: address(draw, 'shop'),
    animalTypes: sortedSome(draw, ['Cats 貓', 'Hamsters 倉鼠', 'Rabbits 兔', 'Birds 雀鳥']),
    conditions: some(draw, ANIMAL_CONDITIONS),
  }),
  'AFCD-DBLA': (draw) => dogBreeder(draw, 'A'),
  'AFCD-DBLB': (draw) => dogBreeder(draw, 'B'),

  'CED-DC-IE': (draw) => ({
    licenceNumber: `IE-9-${draw.serial(5)}`,
    licenseeName: company(draw, 'trading'),
    brNumber: brNumber(draw),
    commodities: sortedSome(draw, ['Liquor 酒類', 'Tobacco 煙草', 'Hydrocarbon oil 碳氫油', 'Methyl alcohol 甲醇']),
    businessAddress: address(draw, 'office'),
    responsiblePerson: chinesePerson(draw),
    conditions: [both('Stock records shall be kept for two years.', '存貨紀錄須保存兩年。')],
  }),
  'CED-MSO': (draw, today) => ({
    licenceNumber: `${yearOf(today).slice(2)}-99-${draw.serial(5)}`,
    licenseeName: company(draw, 'remittance'),
    ...(draw.chance(50) ? { businessName: company(draw, 'remittance') } : {}),
    serviceNature: draw.pick([['Money changing 貨幣兌換'], ['Money changing 貨幣兌換', 'Remittance 匯款']]),
    correspondenceAddress: address(draw, 'office'),
    premises: [address(draw, 'shop'), address(draw, 'shop')],
    conditions: [both('Changes shall be reported within one month.', '資料如有變更須於一個月內通知。')],
  }),
  'TIA-TAL': (draw) => ({
    licenceNumber: `359${draw.serial(3)}`,
    licenseeName: company(draw, 'travel'),
    businessAddress: address(draw, 'office'),
    authorizedRepresentative: chinesePerson(draw),
    conditions: [both('Levy shall be paid on every outbound fare.', '每筆外遊費須繳付徵費。')],
  }),
  'TIA-BP': (draw) => ({
    licenceNumber: `BP9${draw.serial(5)}`,
    parentLicence: `359${draw.serial(3)}`,
    premisesAddress: address(draw, 'shop'),
  }),
  'HAD-GH': (draw) => ({
    licenceNumber: `H/9${draw.serial(4)}`,
    licenseeName: company(draw, 'hotel'),
    premisesName: house(draw, ['Guesthouse', '賓館']),
    premisesAddress: address(draw, 'office'),
    rooms: draw.integer(3, 40),
    conditions: [both('The number of guestrooms shall not be changed.', '不得更改客房數目。')],
  }),

  'EPD-WPC': (draw, today) => ({
    licenceNumber: `WT9${draw.serial(7)}-${yearOf(today)}`,
    applicantName: company(draw, 'food'),
    premisesAddress: address(draw, 'factory'),
    volume: { amount: `${draw.integer(5, 300)}`, unit: 'm³/day' },
    dischargePoint: both('Communal foul sewer at the rear lane', '後巷公用污水渠'),
    quality: [
      ['Parameter 參數', 'Limit 上限'],
      ['pH', '6–10'],
      ['Suspended solids 懸浮固體', '800 mg/L'],
      ['Chemical oxygen demand 化學需氧量', '2000 mg/L'],
    ],
    sampling: [both('One grab sample every three months at the terminal manhole.', '每三個月於末端沙井抽取一次樣本。')],
    conditions: [both('The grease trap shall be cleaned weekly.', '隔油池須每星期清理。')],
  }),
  'EPD-WDL': (draw) => ({
    licenceNumber: `WD9${draw.serial(5)}`,
    licenseeName: company(draw, 'chemical'),
    facilityAddress: address(draw, 'factory'),
    capacity: { amount: `${draw.integer(1, 60)}`, unit: 't/day' },
    wasteTypes: sortedSome(draw, ['Spent lubricating oil 廢潤滑油', 'Spent acid 廢酸', 'Spent solvent 廢溶劑']),
    conditions: [both('Trip tickets shall be kept for twelve months.', '運載記錄須保存十二個月。')],
  }),
  'MCHK-PC': (draw) => ({
    registrationNumber: `M9${draw.serial(5)}`,
    holderName: chinesePerson(draw),
    registrationType: draw.pick(['full', 'limited']),
  }),
  'NCHK-PC': (draw) => ({
    registrationNumber: `RN9${draw.serial(6)}`,
    holderName: chinesePerson(draw),
    part: draw.pick(['register-1', 'register-2', 'roll-1']),
  }),
  'SWD-RCHE': (draw) => ({
    licenceNumber: `RCHE-9${draw.serial(4)}`,
    operator: company(draw, 'care'),
    homeName: house(draw, ['Home for the Aged', '護老院']),
    premisesAddress: address(draw, 'whole'),
    homeType: draw.pick(['high-care', 'medium-care', 'low-care']),
    maxResidents: draw.integer(20, 220),
    conditions: some(draw, HOME_CONDITIONS),
  }),

  'CR-CI': (draw, today) => ({
    companyNumber: `99${draw.serial(6)}`,
    certificateType: 'incorporation',
    companyName: company(draw, draw.pick(['technology', 'trading', 'engineering'])),
    incorporationDate: today,
    signingOfficer: officer(draw, both('Registrar of Companies', '公司註冊處處長')),
  }),
  'IRD-BR': (draw, today) => ({
    brNumber: `${brNumber(draw)}-000-${today.slice(5, 7)}-${today.slice(2, 4)}-${draw.integer(0, 9)}`,
    businessName: company(draw, 'trading'),
    ...(draw.chance(20) ? { branchName: shopSign(draw) } : {}),
    address: address(draw, 'office'),
    status: 'body-corporate',
    nature: draw.pick(['CORP', 'TRADING 貿易', 'CATERING 餐飲']),
    fee: { amount: draw.pick(['2200.00', '5720.00']), currency: 'HKD' },
  }),
  'IMMD-BC': (draw, today) => {
    const { child, father, mother } = family(draw);
    return {
      entryNumber: `${draw.pick(['K', 'H', 'N'])}9${draw.serial(6)}`,
      name: child,
      sex: draw.pick(['male', 'female']),
      birthDate: daysBefore(today, draw.integer(30, 9000)),
      birthPlace: both('Harbour Maternity Hospital, Hong Kong', '香港海港產科醫院'),
      ...(draw.chance(90) ? { father } : {}),
      mother,
      registrationDate: daysBefore(today, draw.integer(1, 29)),
      registrar: chinesePerson(draw),
    };
  },
  'IPD-TM': (draw) => ({
    tmNumber: `399${draw.serial(6)}`,
    owner: company(draw, 'food'),
    mark: device(draw.integer(0, 99)),
    classes: ['30: Coffee, tea, bakery goods 咖啡、茶、烘焙食品', '43: Restaurant services 餐廳服務'],
  }),

  'HA-MC': (draw, today) => ({
    patientName: person(draw),
    leaveFrom: today,
    leaveTo: toDate(decodeDate(today) + draw.integer(0, 4)),
    doctor: chinesePerson(draw),
    consultation: draw.pick(['Upper respiratory tract infection 上呼吸道感染', 'Acute gastroenteritis 急性腸胃炎']),
  }),
  'HKEAA-DSE': (draw, today) => ({
    certificateNumber: `${yearOf(today)}${draw.serial(7)}`,
    holderName: person(draw),
    examYear: Number(yearOf(today)),
    hkid: hkid(draw),
    subjects: [
      { subject: both('Chinese Language', '中國語文'), grade: draw.pick(['5', '4', '3']) },
      { subject: both('English Language', '英國語文'), grade: draw.pick(['5*', '5', '4']) },
      { subject: both('Mathematics (Compulsory Part)', '數學（必修部分）'), grade: draw.pick(['5**', '5', '4']) },
      { subject: both('Citizenship and Social Development', '公民與社會發展'), grade: 'Attained' },
    ],
  }),
};
