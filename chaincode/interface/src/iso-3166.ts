/** Countries by their alpha-2 code: ISO 3166-1, the 249 that are officially assigned (2026). */
const assigned = words(`
  AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
  CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
  GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
  KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
  MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
  SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
  UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
`);

/** Kosovo: user-assigned in ISO 3166-1 and used by the registration authorities of ISO 6166 and ISO 9362 alike. */
const kosovo = 'XK';

/**
 * Prefixes of ISINs that are no country's (ISO 6166:2021, 4.1 and annex A, and the list of its registration authority): international
 * securities (XS), substitute agencies (XA, XB, XC, XD), digital tokens (XT), derivatives over the counter (EZ), the European Union (EU);
 * and the Netherlands Antilles, which are no country any more but whose ISINs live on. Prefixes that are used within one country and
 * number nothing uniquely (XF, QS, QT) are none.
 */
const isinPrefixes = words('XS XA XB XC XD XT EZ EU AN');

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Whether a BIC (ISO 9362) may name this country. */
export function isCountry(code: string): boolean {
  return assigned.has(code) || code === kosovo;
}

/** Whether an ISIN (ISO 6166) may begin with these two letters. */
export function isIsinPrefix(code: string): boolean {
  return isCountry(code) || isinPrefixes.has(code);
}
