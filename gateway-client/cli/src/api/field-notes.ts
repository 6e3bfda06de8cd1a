// Made by `npm run reference`: change the definitions in chaincode/interface instead.
/** What is said of the fields of requests and responses, by method, side and path. */
export const fieldNotes: Readonly<Record<string, string>> = {
  'CorporateActions:Announce request eventId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'CorporateActions:Announce request terms(cash-dividend).isin':
    'International Securities Identification Number, ISO 6166.',
  'CorporateActions:Announce request terms(cash-dividend).recordDate': 'A calendar date, `YYYY-MM-DD`.',
  'CorporateActions:Announce request terms(cash-dividend).rate':
    "`numerator` of the money's smallest units for each `denominator` of the instrument's smallest units.",
  'CorporateActions:Announce request terms(cash-dividend).unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'CorporateActions:Announce request terms(cash-dividend).payer': 'Account of the issuer that pays.',
  'CorporateActions:Announce request terms(cash-dividend).withholding':
    "Taxes kept back from each holder's gross amount, each of them rounded down by itself, and the issuer's account that keeps each for its tax office. In Japan there are two: 15.315 % national income tax and 5 % local inhabitant tax.",
  'CorporateActions:Announce request terms(cash-dividend).withholding[].account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'CorporateActions:Announce request terms(stock-split).isin':
    'International Securities Identification Number, ISO 6166.',
  'CorporateActions:Announce request terms(stock-split).recordDate': 'A calendar date, `YYYY-MM-DD`.',
  'CorporateActions:Announce request terms(stock-split).supplyCap':
    'The authorised quantity after the split: enough for it when it is announced, and again when its first page is paid.',
  'CorporateActions:Announce request terms(stock-split).residue':
    "Account of the issuer that receives what the holders' fractions add up to.",
  'CorporateActions:Withdraw request eventId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'CorporateActions:Pay request issuer':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'CorporateActions:Pay request eventId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'CorporateActions:Pay request pages': "One page of one institution's holders each.",
  'CorporateActions:Pay request pages[].institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'CorporateActions:Pay request pages[].paid':
    'As `Pages` says it. Whoever pays need not say it: what has been paid is passed over.',
  'CorporateActions:Complete request issuer':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'CorporateActions:Complete request eventId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'CorporateActions:Pages request issuer':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'CorporateActions:Pages request eventId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'CorporateActions:Pages response issuer':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'CorporateActions:Pages response eventId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'CorporateActions:Pages response pages[].institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'CorporateActions:Pages response pages[].paid':
    'As `Pages` says it. Whoever pays need not say it: what has been paid is passed over.',
  'CorporateActions:Events request issuer':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'CorporateActions:Events response events[].eventId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'CorporateActions:Events response events[].terms(cash-dividend).isin':
    'International Securities Identification Number, ISO 6166.',
  'CorporateActions:Events response events[].terms(cash-dividend).recordDate': 'A calendar date, `YYYY-MM-DD`.',
  'CorporateActions:Events response events[].terms(cash-dividend).rate':
    "`numerator` of the money's smallest units for each `denominator` of the instrument's smallest units.",
  'CorporateActions:Events response events[].terms(cash-dividend).unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'CorporateActions:Events response events[].terms(cash-dividend).payer': 'Account of the issuer that pays.',
  'CorporateActions:Events response events[].terms(cash-dividend).withholding':
    "Taxes kept back from each holder's gross amount, each of them rounded down by itself, and the issuer's account that keeps each for its tax office. In Japan there are two: 15.315 % national income tax and 5 % local inhabitant tax.",
  'CorporateActions:Events response events[].terms(cash-dividend).withholding[].account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'CorporateActions:Events response events[].terms(stock-split).isin':
    'International Securities Identification Number, ISO 6166.',
  'CorporateActions:Events response events[].terms(stock-split).recordDate': 'A calendar date, `YYYY-MM-DD`.',
  'CorporateActions:Events response events[].terms(stock-split).supplyCap':
    'The authorised quantity after the split: enough for it when it is announced, and again when its first page is paid.',
  'CorporateActions:Events response events[].terms(stock-split).residue':
    "Account of the issuer that receives what the holders' fractions add up to.",
  'CorporateActions:Events response events[].registerDate':
    'The business day from whose register it is computed, as soon as that has begun.',
  'CorporateActions:Events response events[].residue':
    'What rounding down kept from the holders, as numerator over the denominator of rate or ratio.',
  'CorporateActions:Entitlements request issuer':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'CorporateActions:Entitlements request eventId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'CorporateActions:Entitlements response unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'CorporateActions:Entitlements response entitlements[].institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'CorporateActions:Entitlements response entitlements[].account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'CorporateActions:Entitlements response entitlements[].name': 'A name for people.',
  'CorporateActions:Entitlements response entitlements[].gross':
    'Money or securities credited for the holding, before tax.',
  'CorporateActions:Entitlements response entitlements[].taxes': 'Each tax of the terms, in their order.',
  'CorporateActions:Entitlements response entitlements[].tax': 'All of them together.',
  'Market:Instruct request salt':
    '256 random bits in hexadecimal: the hash of what is sealed is public, and must not be guessed.',
  'Market:Instruct request instructions': 'None: cover, which tells an observer nothing and does nothing.',
  'Market:Instruct request instructions[].method': '`Contract:Method`.',
  'Market:Instruct request instructions[].request': 'The request in wire form.',
  'Market:Instruct request instructions[].goodUntil': 'A cycle dated later refuses it.',
  'Market:Instruct request instructions[].notBefore': 'A cycle dated earlier refuses it; it does not wait.',
  'Market:Cycle request submissions':
    "What it is offered, in the ledger's order; of each member it takes the first ones, as many as fit.",
  'Market:Cycle request submissions[].member':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Market:Cycle request submissions[].transactionId':
    "Fabric's id of a transaction: SHA-256 of nonce and creator, in hexadecimal.",
  'Market:Cycle request submissions[].place': "A place in the ledger's order: a block, and a transaction in it.",
  'Market:Cycle request submissions[].quarantined':
    'It ended a chaincode process, or cannot be read: its instructions are refused without being tried.',
  'Market:Cycle request recall':
    'Endorsers read again all that is remembered of ids, whatever they hold of it: asked for after RecallNeeded.',
  'Market:Progress response number': 'Number of the last cycle.',
  'Market:Progress response time': 'Ledger time of the last cycle; nothing later is dated before it.',
  'Market:Progress response heads': "How far each member's submissions have been taken.",
  'Market:Progress response heads[].member':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Market:Progress response heads[].place': "A place in the ledger's order: a block, and a transaction in it.",
  'Market:Progress response taken': 'What the last cycle took, in the order in which it executed it.',
  'Market:Progress response taken[].member':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Market:Progress response taken[].transactionId':
    "Fabric's id of a transaction: SHA-256 of nonce and creator, in hexadecimal.",
  'Market:Progress response taken[].place': "A place in the ledger's order: a block, and a transaction in it.",
  'Market:Progress response taken[].quarantined':
    'It ended a chaincode process, or cannot be read: its instructions are refused without being tried.',
  'Market:Advices request member':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Market:Advices request from': 'The first cycle.',
  'Market:Advices request limit': 'At most so many cycles.',
  'Market:Advices response member':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Market:Advices response pages': 'All that happened to one member in one cycle, in its order.',
  'Market:Advices response pages[].time':
    'An instant in UTC to the millisecond, `YYYY-MM-DDThh:mm:ss.sssZ`: the order of the texts is that of time.',
  'Market:Advices response pages[].clock': "The market's own time: public, advanced by operators only.",
  'Market:Advices response pages[].clock.businessDate': 'A calendar date, `YYYY-MM-DD`.',
  'Market:Advices response pages[].clock.sequence': 'Counts every advance, and so every interval of the journal.',
  'Market:Advices response pages[].clock.time': 'Ledger time of the last advance; nothing may be dated before it.',
  'Market:Advices response pages[].clock.cycle': 'The cycle that advanced it.',
  'Market:Advices response pages[].transactionId': 'The transaction of the cycle.',
  'Market:Advices response pages[].advices': 'What happened to a member, one thing.',
  'Market:Advices response pages[].advices[](outcome).transactionId':
    "Fabric's id of a transaction: SHA-256 of nonce and creator, in hexadecimal.",
  'Market:Advices response pages[].advices[](outcome).awaiting':
    'Approvals without which a created act has not taken effect.',
  'Market:Advices response pages[].advices[](outcome).error': 'As it crosses the wire: code, message, payload.',
  'Market:Advices response pages[].advices[](allegement).recordedBy':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Market:Advices response pages[].advices[](allegement).tradeId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Market:Advices response pages[].advices[](allegement).isin':
    'International Securities Identification Number, ISO 6166.',
  'Market:Advices response pages[].advices[](allegement).side': 'The side of the member that is told.',
  'Market:Advices response pages[].advices[](allegement).quantity':
    "A positive number of an instrument's smallest units.",
  'Market:Advices response pages[].advices[](allegement).unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'Market:Advices response pages[].advices[](cancellation).page':
    'Names a page of trades: the number of the cycle that made them.',
  'Market:Advices response pages[].advices[](order).orderId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Market:Advices response pages[].advices[](order).reason':
    'Why it was cancelled, where neither its owner nor its time in force did it.',
  'Market:Advices response pages[].advices[](trades).page':
    'Names a page of trades: the number of the cycle that made them.',
  'Market:Advices response pages[].advices[](trades).lines':
    'Trades of one page, by their lines: from and to, both included.',
  'Market:Advices response pages[].advices[](settlement).page':
    'Names a page of trades: the number of the cycle that made them.',
  'Market:Advices response pages[].advices[](settlement).lines':
    'Trades of one page, by their lines: from and to, both included.',
  'Market:Advices response pages[].advices[](settlement).status':
    "Where a trade is in its life. `recorded`: one party's word, waiting for the other. `rejected`: the other's answer. `lapsed`: not answered by the end of the business day. `matched`: both are bound (by the board, or by an affirmation). `pending`: settlement was tried, and why it waits is the reason. `cancelled`: withdrawn by who recorded it, or cancelled by both parties. `settled`: final.",
  'Market:Advices response pages[].advices[](settlement).reason':
    'Why settlement waits: ISO 20022 pending reasons LACK (securities) and MONY (money). SPLF, after the ISO 20022 event of that name: its instrument was split after it was traded. Such a trade does not settle, since its quantity is one of before the split; its parties cancel it and agree it anew.',
  'Market:Advices response pages[].advices[](entitlement).issuer':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Market:Advices response pages[].advices[](entitlement).eventId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Market:Advices response pages[].advices[](entitlement).unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'Market:Advices response pages[].postings': 'A change of a balance, as the journal keeps it.',
  'Market:Advices response pages[].postings[].account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Market:Advices response pages[].postings[].unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'Market:Advices response next': 'The cycle to ask from next.',
  'Market:Advices response last': 'The last cycle that the ledger has.',
  'Market:Check request request': 'Any JSON value; what it means is for whoever knows its form.',
  'Market:Cycles response cycles[].time':
    'An instant in UTC to the millisecond, `YYYY-MM-DDThh:mm:ss.sssZ`: the order of the texts is that of time.',
  'Market:Cycles response cycles[].clock': "The market's own time: public, advanced by operators only.",
  'Market:Cycles response cycles[].clock.businessDate': 'A calendar date, `YYYY-MM-DD`.',
  'Market:Cycles response cycles[].clock.sequence': 'Counts every advance, and so every interval of the journal.',
  'Market:Cycles response cycles[].clock.time': 'Ledger time of the last advance; nothing may be dated before it.',
  'Market:Cycles response cycles[].clock.cycle': 'The cycle that advanced it.',
  'Market:Cycles response cycles[].submissions':
    'A submission that a cycle is offered or takes: whose it is, the transaction that sealed it, and where that stands.',
  'Market:Cycles response cycles[].submissions[].member':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Market:Cycles response cycles[].submissions[].transactionId':
    "Fabric's id of a transaction: SHA-256 of nonce and creator, in hexadecimal.",
  'Market:Cycles response cycles[].submissions[].place':
    "A place in the ledger's order: a block, and a transaction in it.",
  'Market:Cycles response cycles[].submissions[].quarantined':
    'It ended a chaincode process, or cannot be read: its instructions are refused without being tried.',
  'MoneyTokens:RegisterMoney request unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'MoneyTokens:RegisterMoney request currency': 'Currency code, ISO 4217.',
  'MoneyTokens:RegisterMoney request issuer':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'MoneyTokens:RegisterMoney request decimals':
    'Decimals of the currency in its smallest unit, as ISO 4217 has them: 0 for JPY, 2 for USD.',
  'MoneyTokens:Monies response monies': 'A money token: one currency of one issuer.',
  'MoneyTokens:Monies response monies[].unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'MoneyTokens:Monies response monies[].currency': 'Currency code, ISO 4217.',
  'MoneyTokens:Monies response monies[].issuer':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'MoneyTokens:Monies response monies[].decimals':
    'Decimals of the currency in its smallest unit, as ISO 4217 has them: 0 for JPY, 2 for USD.',
  'MoneyTokens:Mint request id':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'MoneyTokens:Mint request currency': 'Currency code, ISO 4217.',
  'MoneyTokens:Mint request to.institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'MoneyTokens:Mint request to.account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'MoneyTokens:Mint request depositReference':
    "A payment's or deposit's reference in the bank's own system; ISO 20022 EndToEndIdentification, Max35Text.",
  'MoneyTokens:Transfer request id':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'MoneyTokens:Transfer request unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'MoneyTokens:Transfer request from':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'MoneyTokens:Transfer request to.institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'MoneyTokens:Transfer request to.account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'MoneyTokens:Burn request id':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'MoneyTokens:Burn request unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'MoneyTokens:Burn request from': 'A securities and cash account at one organisation, numbered by that organisation.',
  'MoneyTokens:Burn request payoutReference':
    "A payment's or deposit's reference in the bank's own system; ISO 20022 EndToEndIdentification, Max35Text.",
  'MoneyTokens:Outstanding request unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'MoneyTokens:Outstanding response monies[].unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'MoneyTokens:Outstanding response monies[].holders[].institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'MoneyTokens:Outstanding response monies[].holders[].account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Orders:Place request orderId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Orders:Place request isin': 'International Securities Identification Number, ISO 6166.',
  'Orders:Place request account': 'A securities and cash account at one organisation, numbered by that organisation.',
  'Orders:Place request quantity': "A positive number of an instrument's smallest units.",
  'Orders:Place request price':
    'Money for one whole security, in the smallest unit of its money divided by 10^priceDecimals of the instrument. A yen price with one price decimal of 4257.5 is "42575".',
  'Orders:Place request timeInForce':
    "`day`: what is not filled stands until the day's end. `immediate-or-cancel`: takes what stands, the rest is dropped.",
  'Orders:Cancel request orderId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Orders:Pending request isin': 'International Securities Identification Number, ISO 6166.',
  'Orders:Pending response orders': 'In the order in which cycles took them.',
  'Orders:Pending response orders[].institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Orders:Pending response orders[].orderId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Orders:Pending response orders[].time':
    'An instant in UTC to the millisecond, `YYYY-MM-DDThh:mm:ss.sssZ`: the order of the texts is that of time.',
  'Orders:Match request id':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Orders:Match request isin': 'International Securities Identification Number, ISO 6166.',
  'Orders:Match request orders': 'An order and the one who placed it; operators sequence orders by this.',
  'Orders:Match request orders[].institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Orders:Match request orders[].orderId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Orders:Expire request id':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Orders:Expire request isin': 'International Securities Identification Number, ISO 6166.',
  'Orders:Board request isin': 'International Securities Identification Number, ISO 6166.',
  'Orders:Board response isin': 'International Securities Identification Number, ISO 6166.',
  'Orders:Board response bids[].price':
    'Money for one whole security, in the smallest unit of its money divided by 10^priceDecimals of the instrument. A yen price with one price decimal of 4257.5 is "42575".',
  'Orders:Board response bids[].quantity': "A positive number of an instrument's smallest units.",
  'Orders:Board response asks[].price':
    'Money for one whole security, in the smallest unit of its money divided by 10^priceDecimals of the instrument. A yen price with one price decimal of 4257.5 is "42575".',
  'Orders:Board response asks[].quantity': "A positive number of an instrument's smallest units.",
  'Orders:Orders request institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Orders:Orders request account': 'A securities and cash account at one organisation, numbered by that organisation.',
  'Orders:Orders request isin': 'International Securities Identification Number, ISO 6166.',
  'Orders:Orders request fromDate':
    'The first business date: of orders that for which they stand, of trades the trade date.',
  'Orders:Orders request toDate': 'The last one.',
  'Orders:Orders request from':
    'Orders that ended before this cycle are left out. The cursor: the `next` of the answer before.',
  'Orders:Orders response orders':
    'Those that have ended in the order in which they did, then those that are pending or stand.',
  'Orders:Orders response orders[].orderId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Orders:Orders response orders[].isin': 'International Securities Identification Number, ISO 6166.',
  'Orders:Orders response orders[].account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Orders:Orders response orders[].price':
    'Money for one whole security, in the smallest unit of its money divided by 10^priceDecimals of the instrument. A yen price with one price decimal of 4257.5 is "42575".',
  'Orders:Orders response orders[].quantity': "A positive number of an instrument's smallest units.",
  'Orders:Orders response orders[].timeInForce':
    "`day`: what is not filled stands until the day's end. `immediate-or-cancel`: takes what stands, the rest is dropped.",
  'Orders:Orders response orders[].time':
    'An instant in UTC to the millisecond, `YYYY-MM-DDThh:mm:ss.sssZ`: the order of the texts is that of time.',
  'Orders:Orders response orders[].businessDate': 'The day for which it stands.',
  'Orders:Orders response next': 'There are more that have ended: ask from this cycle.',
  'Orders:RecordTrade request tradeId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Orders:RecordTrade request counterparty':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Orders:RecordTrade request isin': 'International Securities Identification Number, ISO 6166.',
  'Orders:RecordTrade request side': 'Our side.',
  'Orders:RecordTrade request account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Orders:RecordTrade request quantity': "A positive number of an instrument's smallest units.",
  'Orders:RecordTrade request amount': "Money against the securities, in the smallest unit of the instrument's money.",
  'Orders:AffirmTrade request recordedBy':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Orders:AffirmTrade request tradeId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Orders:AffirmTrade request isin': 'International Securities Identification Number, ISO 6166.',
  'Orders:AffirmTrade request side': "Our side: the other one than the recording party's.",
  'Orders:AffirmTrade request account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Orders:AffirmTrade request quantity': "A positive number of an instrument's smallest units.",
  'Orders:RejectTrade request recordedBy':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Orders:RejectTrade request tradeId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Orders:RejectTrade request reason': 'Why something was done, for people; ISO 20022 Max140Text.',
  'Orders:WithdrawTrade request tradeId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Orders:CancelTrade request page': 'Names a page of trades: the number of the cycle that made them.',
  'Orders:CancelTrade request number': 'Its number among the own trades of the page, as `Trades` shows it.',
  'Orders:LapseTrades request id':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Orders:LapseTrades request recordedBy': 'Those of some institutions, by who recorded them; by default of all.',
  'Orders:CaptureTrades request id':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Orders:CaptureTrades request trades[].tradeId':
    "The engine's own id: under it a trade is recorded once, whatever the instruction. Of several engines each needs a prefix.",
  'Orders:CaptureTrades request trades[].time': 'When the engine made it.',
  'Orders:CaptureTrades request trades[].isin': 'International Securities Identification Number, ISO 6166.',
  'Orders:CaptureTrades request trades[].quantity': "A positive number of an instrument's smallest units.",
  'Orders:CaptureTrades request trades[].price':
    'Money for one whole security, in the smallest unit of its money divided by 10^priceDecimals of the instrument. A yen price with one price decimal of 4257.5 is "42575".',
  'Orders:CaptureTrades request trades[].seller.institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Orders:CaptureTrades request trades[].seller.account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Orders:CaptureTrades request trades[].buyer.institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Orders:CaptureTrades request trades[].buyer.account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Orders:Trades request institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Orders:Trades request account': 'A securities and cash account at one organisation, numbered by that organisation.',
  'Orders:Trades request isin': 'International Securities Identification Number, ISO 6166.',
  'Orders:Trades request fromDate':
    'The first business date: of orders that for which they stand, of trades the trade date.',
  'Orders:Trades request toDate': 'The last one.',
  'Orders:Trades request status':
    "Where a trade is in its life. `recorded`: one party's word, waiting for the other. `rejected`: the other's answer. `lapsed`: not answered by the end of the business day. `matched`: both are bound (by the board, or by an affirmation). `pending`: settlement was tried, and why it waits is the reason. `cancelled`: withdrawn by who recorded it, or cancelled by both parties. `settled`: final.",
  'Orders:Trades request from':
    'Trades on pages before this one are left out. The cursor: the `next` of the answer before.',
  'Orders:Trades response trades': 'Those on pages in their order, then those that are recorded and not yet affirmed.',
  'Orders:Trades response trades[].page': 'Names a page of trades: the number of the cycle that made them.',
  'Orders:Trades response trades[].number': 'Its number among the trades of this party on the page.',
  'Orders:Trades response trades[].origin':
    '`board`: matched here. `otc`: recorded and affirmed by its parties. `captured`: matched by an outside engine.',
  'Orders:Trades response trades[].isin': 'International Securities Identification Number, ISO 6166.',
  'Orders:Trades response trades[].quantity': "A positive number of an instrument's smallest units.",
  'Orders:Trades response trades[].price':
    'Money for one whole security, in the smallest unit of its money divided by 10^priceDecimals of the instrument. A yen price with one price decimal of 4257.5 is "42575".',
  'Orders:Trades response trades[].unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'Orders:Trades response trades[].account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Orders:Trades response trades[].orderId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Orders:Trades response trades[].counterparty': 'Not told for trades of the board, which is anonymous.',
  'Orders:Trades response trades[].tradeId':
    'For OTC: the id that the recording party chose, and whether that was this party.',
  'Orders:Trades response trades[].tradeDate': 'A calendar date, `YYYY-MM-DD`.',
  'Orders:Trades response trades[].status':
    "Where a trade is in its life. `recorded`: one party's word, waiting for the other. `rejected`: the other's answer. `lapsed`: not answered by the end of the business day. `matched`: both are bound (by the board, or by an affirmation). `pending`: settlement was tried, and why it waits is the reason. `cancelled`: withdrawn by who recorded it, or cancelled by both parties. `settled`: final.",
  'Orders:Trades response trades[].reason':
    'Why settlement waits: ISO 20022 pending reasons LACK (securities) and MONY (money). SPLF, after the ISO 20022 event of that name: its instrument was split after it was traded. Such a trade does not settle, since its quantity is one of before the split; its parties cancel it and agree it anew.',
  'Orders:Trades response trades[].rejectionReason': 'Why something was done, for people; ISO 20022 Max140Text.',
  'Orders:Trades response trades[].time':
    'When the cycle that made it was dated, and the transaction of that cycle; of a trade on a page.',
  'Orders:Trades response trades[].transactionId':
    "Fabric's id of a transaction: SHA-256 of nonce and creator, in hexadecimal.",
  'Orders:Trades response next': 'There are more pages: ask from this one.',
  'Registry:Found request id':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Registry:Found request name': 'A name for people.',
  'Registry:Found request businessDate': 'A calendar date, `YYYY-MM-DD`.',
  'Registry:Found request operators[].mspId':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Registry:Found request operators[].name': 'A name for people.',
  'Registry:Found request secrets.operators':
    "256 random bits in hexadecimal, made by the sender: what makes a collection's key and value hashes unguessable.",
  'Registry:Found request secrets.board':
    "256 random bits in hexadecimal, made by the sender: what makes a collection's key and value hashes unguessable.",
  'Registry:Found request policy': 'By default all by the operators.',
  'Registry:Found request policy.cover':
    'Keys of every private collection that each cycle reads and writes, changed or not, so that blocks do not show to whom something happened; 16 or more where it is wanted. Each costs every peer in every cycle. Absent or 0: only what changes.',
  'Registry:AdmitMember request mspId':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Registry:AdmitMember request name': 'A name for people.',
  'Registry:AdmitMember request lei': 'Legal Entity Identifier, ISO 17442.',
  'Registry:AdmitMember request bic': 'Business Identifier Code, ISO 9362.',
  'Registry:SetPolicy request id':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Registry:SetPolicy request policy':
    "How far the market goes by itself. `by-operator`: orders wait for an operator's matching, trades for an operator's sign-off. `continuous`: an order trades when a cycle executes it, and a trade settles when it is made, as far as both legs are there.",
  'Registry:SetPolicy request policy.cover':
    'Keys of every private collection that each cycle reads and writes, changed or not, so that blocks do not show to whom something happened; 16 or more where it is wanted. Each costs every peer in every cycle. Absent or 0: only what changes.',
  'Registry:SetCalendar request id':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Registry:SetCalendar request holidays': 'A calendar date, `YYYY-MM-DD`.',
  'Registry:Calendar request from': 'By default the current business date.',
  'Registry:Calendar request to': 'By default 31 December of the last year that the calendar knows.',
  'Registry:Calendar response days': 'A calendar date, `YYYY-MM-DD`.',
  'Registry:Policy response cover':
    'Keys of every private collection that each cycle reads and writes, changed or not, so that blocks do not show to whom something happened; 16 or more where it is wanted. Each costs every peer in every cycle. Absent or 0: only what changes.',
  'Registry:Members response name': 'A name for people.',
  'Registry:Members response members[].mspId':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Registry:Members response members[].name': 'A name for people.',
  'Registry:Members response members[].lei': 'Legal Entity Identifier, ISO 17442.',
  'Registry:Members response members[].bic': 'Business Identifier Code, ISO 9362.',
  'Registry:Members response members[].admittedIn': 'The cycle that admitted it; none of those who founded the market.',
  'Registry:OpenAccount request account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Registry:OpenAccount request name': 'A name for people.',
  'Registry:OpenAccount request kind':
    "Who an account is for. The register's rows are accounts; knowing the person behind one stays with the institution.",
  'Registry:Accounts request institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Registry:Accounts response accounts[].account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Registry:Accounts response accounts[].name': 'A name for people.',
  'Registry:Accounts response accounts[].kind':
    "Who an account is for. The register's rows are accounts; knowing the person behind one stays with the institution.",
  'Registry:AdvanceClock request from':
    'The sequence that the sender saw: of several schedulers the first moves the clock.',
  'Registry:AdvanceClock request businessDate': 'A calendar date, `YYYY-MM-DD`.',
  'Registry:AdvanceClock request notBefore':
    'When it is due. A cycle that is dated earlier refuses it: a scheduler whose clock is ahead moves nothing.',
  'Registry:Clock response businessDate': 'A calendar date, `YYYY-MM-DD`.',
  'Registry:Clock response sequence': 'Counts every advance, and so every interval of the journal.',
  'Registry:Clock response time': 'Ledger time of the last advance; nothing may be dated before it.',
  'Registry:Clock response cycle': 'The cycle that advanced it.',
  'Registry:Snapshot request isin': 'International Securities Identification Number, ISO 6166.',
  'Registry:Snapshot request businessDate': 'The day; by default the one that has just been closed.',
  'Registry:Snapshot request institutions':
    'Some institutions only, where all do not fit one transaction; repeating one changes nothing.',
  'Registry:Register request isin': 'International Securities Identification Number, ISO 6166.',
  'Registry:Register request asOf':
    'An instant in UTC to the millisecond, `YYYY-MM-DDThh:mm:ss.sssZ`: the order of the texts is that of time.',
  'Registry:Register response isin': 'International Securities Identification Number, ISO 6166.',
  'Registry:Register response asOf': 'The instant answered for: `asOf`, or that of the query for the live register.',
  'Registry:Register response final': 'Whether the clock has passed that instant, so that the answer can never change.',
  'Registry:Register response total': 'Sum of the rows shown.',
  'Registry:Register response issued':
    'Issued supply; equals `total` where all rows are shown. Not told to institutions.',
  'Registry:Register response rows[].institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Registry:Register response rows[].account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Registry:Register response rows[].name': 'A name for people.',
  'Registry:Register response rows[].quantity': "A positive number of an instrument's smallest units.",
  'Registry:Holdings request institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Registry:Holdings request account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Registry:Holdings response institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Registry:Holdings response holdings[].account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Registry:Holdings response holdings[].name': 'A name for people.',
  'Registry:Holdings response holdings[].unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'Registry:Holdings response holdings[].locks':
    'What is bound, by the reason; what binds it is in the records of the orders, instructions and pledges.',
  'Registry:Holdings response holdings[].locks[].quantity': "A positive number of an instrument's smallest units.",
  'Registry:Statement request institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Registry:Statement request account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Registry:Statement request from': 'A calendar date, `YYYY-MM-DD`.',
  'Registry:Statement request to': 'A calendar date, `YYYY-MM-DD`.',
  'Registry:Statement request fromCycle': 'The first cycle: the `next` of an earlier answer.',
  'Registry:Statement response institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Registry:Statement response next': 'There is more: ask from this cycle.',
  'Registry:Statement response entries[].businessDate': 'A calendar date, `YYYY-MM-DD`.',
  'Registry:Statement response entries[].time':
    'An instant in UTC to the millisecond, `YYYY-MM-DDThh:mm:ss.sssZ`: the order of the texts is that of time.',
  'Registry:Statement response entries[].account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Registry:Statement response entries[].unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'Registry:Statement response entries[].balance':
    'What the whole balance came to with this change, and what of it was locked then.',
  'Registry:Statement response entries[].transactionId': 'The transaction of the cycle.',
  'Registry:Supply response units[].unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'Securities:RegisterInstrument request isin': 'International Securities Identification Number, ISO 6166.',
  'Securities:RegisterInstrument request name': 'A name for people.',
  'Securities:RegisterInstrument request issuer':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Securities:RegisterInstrument request decimals': 'Quantities count units of 10^-decimals of one security.',
  'Securities:RegisterInstrument request priceDecimals':
    "Prices count units of 10^-priceDecimals of the money's smallest unit.",
  'Securities:RegisterInstrument request lot': 'Orders and trades are in multiples of this quantity.',
  'Securities:RegisterInstrument request supplyCap': 'Authorised quantity: issuance above it is refused.',
  'Securities:RegisterInstrument request settlementCurrency': 'The money that trades in it settle in.',
  'Securities:RegisterInstrument request settlementBank':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Securities:RegisterInstrument request registerPages':
    'Pages over which the holders of one institution are spread: more for a security with very many holders.',
  'Securities:Instruments response instruments': 'Reference data of an instrument, public on the channel.',
  'Securities:Instruments response instruments[].isin': 'International Securities Identification Number, ISO 6166.',
  'Securities:Instruments response instruments[].name': 'A name for people.',
  'Securities:Instruments response instruments[].issuer':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Securities:Instruments response instruments[].decimals': 'Quantities count units of 10^-decimals of one security.',
  'Securities:Instruments response instruments[].priceDecimals':
    "Prices count units of 10^-priceDecimals of the money's smallest unit.",
  'Securities:Instruments response instruments[].lot': 'Orders and trades are in multiples of this quantity.',
  'Securities:Instruments response instruments[].supplyCap': 'Authorised quantity: issuance above it is refused.',
  'Securities:Instruments response instruments[].settlementCurrency': 'The money that trades in it settle in.',
  'Securities:Instruments response instruments[].settlementBank':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Securities:Instruments response instruments[].registerPages':
    'Pages over which the holders of one institution are spread: more for a security with very many holders.',
  'Securities:Issue request id':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Securities:Issue request isin': 'International Securities Identification Number, ISO 6166.',
  'Securities:Issue request account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Securities:Issue request quantity': "A positive number of an instrument's smallest units.",
  'Securities:Allot request id':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Securities:Allot request isin': 'International Securities Identification Number, ISO 6166.',
  'Securities:Allot request from': 'A securities and cash account at one organisation, numbered by that organisation.',
  'Securities:Allot request to.institution':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Securities:Allot request to.account':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Securities:Allot request quantity': "A positive number of an instrument's smallest units.",
  'Securities:Transfer request id':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Securities:Transfer request isin': 'International Securities Identification Number, ISO 6166.',
  'Securities:Transfer request from':
    'A securities and cash account at one organisation, numbered by that organisation.',
  'Securities:Transfer request to': 'A securities and cash account at one organisation, numbered by that organisation.',
  'Securities:Transfer request quantity': "A positive number of an instrument's smallest units.",
  'Settlement:Settle request id':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Settlement:Settle request pages': 'Whole pages of trades.',
  'Settlement:Settle request trades': 'Single trades.',
  'Settlement:Settle request trades[].page': 'Names a page of trades: the number of the cycle that made them.',
  'Settlement:Instructions request status':
    "Where a trade is in its life. `recorded`: one party's word, waiting for the other. `rejected`: the other's answer. `lapsed`: not answered by the end of the business day. `matched`: both are bound (by the board, or by an affirmation). `pending`: settlement was tried, and why it waits is the reason. `cancelled`: withdrawn by who recorded it, or cancelled by both parties. `settled`: final.",
  'Settlement:Instructions request isin': 'International Securities Identification Number, ISO 6166.',
  'Settlement:Instructions request page': 'Names a page of trades: the number of the cycle that made them.',
  'Settlement:Instructions request from': 'Pages before this one are left out.',
  'Settlement:Instructions response instructions[].page': 'Absent while it is recorded and not yet affirmed.',
  'Settlement:Instructions response instructions[].origin':
    '`board`: matched here. `otc`: recorded and affirmed by its parties. `captured`: matched by an outside engine.',
  'Settlement:Instructions response instructions[].isin': 'International Securities Identification Number, ISO 6166.',
  'Settlement:Instructions response instructions[].quantity': "A positive number of an instrument's smallest units.",
  'Settlement:Instructions response instructions[].unit':
    'What a balance counts: an ISIN, or money as `JPY@TrustBankMSP`, the token of one currency and one issuer.',
  'Settlement:Instructions response instructions[].seller':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Settlement:Instructions response instructions[].sellerNumber':
    "Its number among the seller's own trades on the page, as `Orders:Trades` shows it.",
  'Settlement:Instructions response instructions[].buyer':
    "The organisation's name in the network (its membership service provider). It also names its private collection.",
  'Settlement:Instructions response instructions[].recordedBy':
    "Of a bilateral trade: who recorded it, under which id; of a captured one the engine's id; of the board's the id of the matching.",
  'Settlement:Instructions response instructions[].tradeId':
    'An id that the sender of a request chooses, once for each business event; ISO 20022 Max35Text, cut to safe characters.',
  'Settlement:Instructions response instructions[].tradeDate': 'A calendar date, `YYYY-MM-DD`.',
  'Settlement:Instructions response instructions[].status':
    "Where a trade is in its life. `recorded`: one party's word, waiting for the other. `rejected`: the other's answer. `lapsed`: not answered by the end of the business day. `matched`: both are bound (by the board, or by an affirmation). `pending`: settlement was tried, and why it waits is the reason. `cancelled`: withdrawn by who recorded it, or cancelled by both parties. `settled`: final.",
  'Settlement:Instructions response instructions[].reason':
    'Why settlement waits: ISO 20022 pending reasons LACK (securities) and MONY (money). SPLF, after the ISO 20022 event of that name: its instrument was split after it was traded. Such a trade does not settle, since its quantity is one of before the split; its parties cancel it and agree it anew.',
  'Settlement:Instructions response instructions[].settledOn': 'A calendar date, `YYYY-MM-DD`.',
  'Settlement:Instructions response next': 'There are more pages: ask from this one.',
};
