// SPDX-License-Identifier: MIT
// Written by tools/make-rarity, from 6754 examples of recog: do not edit.
#include "device/rarity.h"

// clang-format off
const uint8_t rarity_of_others = 229;

const struct rarity_level rarity_levels[] = {
	{ 37, 1,
	  "ion" },
	{ 39, 1277,
	  "\012\015\012\01222\01250\01253\012</\012<b\012<h\012Ac\012Al\012Ca\012Co\012Da\012ET\012"
	  "Ex\012Ke\012La\012Lo\012MI\012Mi\012Pa\012Pl\012Pr\012Se\012Tr\012Us\012Va\012WW\012We"
	  "\012X-\012lo\015\012\015\015\0122\015\0125\015\012<\015\012A\015\012C\015\012D\015\012E"
	  "\015\012K\015\012L\015\012M\015\012P\015\012S\015\012T\015\012U\015\012V\015\012W\015"
	  "\012X\015\012l \042- \042< \042h -1 /< 0\015 1. 12 1; 20 30 4. 40 50 <d <v Ac Ba Di Er F"
	  "T Fo GE Go HE HT Ht ID In Ke Mo No OK PA PO PU Pa Pe Pl Re SA Se Te Tr UR US Un Us Ve We"
	  " XH a  ac al an bg bo by ch cl co do en ex fo hr ht id in ke la lo ma mo mu na no of on "
	  "op pa pr qo re ro se sr st te th ti to ty ur wa wi xm!DO\042\015\012\042 \042\042 c\042 "
	  "h\042 s\042 t\042#f\042, \042-/\042-1\0420\042\0420;\042<h\042<v\042Co\042Ex\042FA\042Ja"
	  "\042MD\042Pr\042au\042ht\042no\042re\042st\042te\042vi#ff, H, P, a, m, n, o, q, s- W-- -"
	  "---//-1\015-1\042-1.-2.-8\015-8\042-88-Al-Au-By-Co-En-Fr-La-Le-Mo-Op-Po-Pr-Ra-Ty-Ve-XS-a"
	  "g-al-ca-co-eq-re-st-tr.\015\012.0\015.0 .0-.01.1 .99.</.dt.or.w3//<//D//E//W//w/1./19/; "
	  "/<//<i/DT/EN/TR/W3/bo/cs/di/h1/h2/he/ht/ja/lo/p>/sc/ti/ww/xh/xm0\015\0120 20 30 40 B0 F0"
	  " I0 O0 P0 T0 U0 W0--00\01500 01 02 03 04 0; 1\015\0121 21 31 41 51 G1 M1 T1 U1\042>1-t1."
	  "01.11.91/D1001231991; 1>42 F2 M2 R2.020 20-20021 2202212342>A3 F3.o30 30130234\0153C/4"
	  "\015\0124 N4.04/l4004014034045, 50053059-8\015\0128\042>8598859-19/x99-99/999: \042: -: "
	  "/: 0: 1: <: A: B: D: G: K: S: U: b: c: e: h: k: m: n: p: t://; H; P; c; e; m; p; u<!D</b"
	  "</d</h</p</s</t<a <bo<br<da<di<fo<fr<h1<h2<he<hr<ht<in<ip<li<me<no<p><sc<ta<td<ti<tr<va="
	  "\042#=\042-=\0420=\042<=\042C=\042E=\042F=\042J=\042M=\042P=\042a=\042h=\042n=\042r=\042"
	  "s=\042t=\042v=/;=0\015=10=5,=<d=bl=is=ut>\015\012>\042\015>\042,>40></><b><h><t>Ac>Do>In"
	  ">ThAD,ALSAMEASSAccAliAllAutBLIBadBasBy:C \042C//CTYCacConCooD HD XD, D/xD5\042D</DOCDTDD"
	  "atDigDocE HE hE-VEADEN\042EORER ET,ETaEncErrExpFALFTPForFouFraGETGINGooH-1H-2HEAHTMHTTHt"
	  "tIC ID<IGIIMEIN\015IndIntJavKeeL 1L 4L PL wLICLSELanLasLenLocLogMD5ME-MEOMIMML MimModMov"
	  "N\015\012N\042 NotOCTORIOSTOnlOptP sP/1PASPE POSPUBPasPatPerPlePowPraProR aR/hR/xRIGRL R"
	  "anRedReqS-PS.\015SAMSE\042SERSH-SS-SS.SSHST\015ScrSerSetT\015\012T, TD TD/TMLTP TP/TR/TT"
	  "PTYPTagTemTheTraTypUBLURLUSEUnaUnkUseVarVerW-AW3CWW-WWWWelX-CX-FX-PX-XXHTXSSYPEa Ua ha n"
	  "a\042 a: aScablachactad ad>adyag:ageagmal al.al/alealgalialmaluameandaneangansaquariarsa"
	  "ryas ascaseasiassastateathatiautavaax-ax=bgcbidbleblobodborbr>byebytc rc=\042caccatccece"
	  "=cepceschachechuck\015claclocodcolcomconcorcricsscticumd\015\012d Pd Rd Td Ud od\042>d-B"
	  "d.\015d: d</d=\042d>\015d><datdbyddede=denderdexdifdindirdivdocdtddy dy.dy>e\015\012e be"
	  " le re se te\042 e\042>e, e-Ce-Oe-Ve-ce.\015e.de: e=\042e=0e=be>\015e>\042e>4e><e>De>Iea"
	  "dealeasected\015ed ed-ed:ed<edieepeetef=efrel=elcempen\015engenteouep-eptequer er-er.er:"
	  "er=ereeriermernerserves\015es es\042es:es=eseeshessestet et\042et-et=etaevaewpex ex>expe"
	  "xtf\015\012f /f\042>f-8f=\042ferff\015ff\042fffficfieforfoufrafreg\015\012g/1g/Tg: gcoge"
	  ":ge=gesgingmagorgthguah Uh\042 h\042,h1>h2>h: h=/harhe\015he he\042he,he-heaheehenhexhis"
	  "hm=horhr>hrehtmhtthunic icaid=idaiddie:iediewiffifiigeilyimein in:incinginkinpip>iptirei"
	  "s isoithitiitliv iv=iv>ivaiveizejavk\015\012k rkedkeekieknol\015\012l Pl Sl xl\042>l.dl/"
	  "/l1-l1/l4/l: l; l=\042l>\015l><lanlaslcole le=le>lealeslgolidlinlivllolm=lnsloclogloolor"
	  "loslowluem am=\042ma\042ma:manmaxme me-me:me=menmeomesmetml\015ml ml\042ml1ml4ml;ml>mlnm"
	  "mamodmpomusn\015\012n cn in tn wn: n=\042nalnamnauncencond nd.nd<ndenecnenng\015ng:ngeng"
	  "tngunifnk nkenknnlynneno-nonnosnotnownpuns:ns=nsfnsint nt-nt=ntentintlntro to-8o-co-soca"
	  "ockocuodbodeodiodyof ogiokiol:oloomeommon\015on on:on=onaonconnonsontoodookoosop=opaor:o"
	  "r=oraorbordoreorgoriormorrortoscoseosnot oteounoutoveow:oweownowsp-Ap-ap-ep:/p=\042p>/p>"
	  "Ap>TpOnpaqpatpe\042pe-pe:pe=pirporpript pt\042pt-pt>ptiputqopquequir Ar Er Ir nr rr-Er.<"
	  "r: r=\042r><ragramranrarrbirc=rd:rdere\015re,rearecredrefrelreqresrevrg/rifrilripritrivr"
	  "izrl=rm rmarnarolrorrotrowrrerrorsersirt\042rvery:s\015\012s Es Vs as ds ns ss ts\042 s:"
	  " s=\042s=<scrse\015se se.sersetsfesh\042shesicsiositsniso-srcss ss\042ss=sswst st-staste"
	  "stostyswot Et Ft ft lt rt tt\042 t\042>t-Ct-Et-Lt-Mt-Rt-Tt-rt/ct/ht/jt/xt=\042t=5t=it=ut"
	  ">\015ta tabtaltd\042td>te\015te:te>tectedtentertestextf-th th\042th:th=thethithmthoticti"
	  "mtiotittletlytmlto tortp-tp:tpOtr>tratrottptyltypuague=ue>uesuiruivumeundunkurlustut ut="
	  "utfuthv cv iv=\042vaSvalvasvatve\015ve:vedverview.ww3.w: waswerwitwn worwpows=ww.wwwx ox"
	  "-ax=1x>\042xhtxmlxpixt/y by.\015y: y>\015y><ye.yleypeytezed" },
	{ 60, 1,
	  ".0." },
	{ 66, 1,
	  ".2." },
	{ 70, 3,
	  " CoNetdel" },
	{ 73, 1,
	  "0.0" },
	{ 74, 2,
	  "201tem" },
	{ 75, 2,
	  "000yst" },
	{ 77, 2,
	  ".1.ork" },
	{ 78, 1,
	  "re " },
	{ 79, 2,
	  " Ma.00" },
	{ 80, 6,
	  " Ne Pr0.11.2ComOpe" },
	{ 81, 1,
	  "are" },
	{ 82, 1,
	  "od_" },
	{ 83, 2,
	  " veng " },
	{ 85, 1,
	  "oft" },
	{ 86, 2,
	  "10.rat" },
	{ 87, 3,
	  "etwpertwo" },
	{ 88, 2,
	  "elewar" },
	{ 89, 3,
	  "5.0Incint" },
	{ 90, 1,
	  "or " },
	{ 91, 3,
	  ".10footch" },
	{ 92, 3,
	  " 5.ar pen" },
	{ 93, 2,
	  ".5.Sys" },
	{ 94, 7,
	  ".ba2.3CN=Macbaroo.unt" },
	{ 95, 2,
	  "0, o.b" },
	{ 96, 2,
	  ".6.OS " },
	{ 97, 5,
	  " 10 Sy2.1Lininu" },
	{ 98, 4,
	  " SoSofitcom " },
	{ 99, 9,
	  " - 5.1Swiiceinenuxrk rocsor" },
	{ 100, 10,
	  " Sw.3.MTPP SSMTWiniannc.rinrt " },
	{ 101, 6,
	  ",O=-20ndoocetwauil" },
	{ 102, 6,
	  " ES Po3.0ftwssot S" },
	{ 103, 2,
	  " 2.el " },
	{ 104, 5,
	  "   ,C=ch enSute" },
	{ 105, 3,
	  ".4.ce pro" },
	{ 106, 7,
	  "10 ackarde Sildindsys" },
	{ 107, 6,
	  "00.6.1ESMPritinvic" },
	{ 108, 4,
	  ", I5.5ne rks" },
	{ 109, 2,
	  "ighnSS" },
	{ 110, 4,
	  "010Sundowomp" },
	{ 111, 9,
	  " Su,OU.20OU=anabiaghtiscsco" },
	{ 112, 8,
	  ",ST0.26.0ManST=Webem ll " },
	{ 113, 2,
	  "P Crne" },
	{ 114, 8,
	  " 11,L=C=UCisSH_e Veranag" },
	{ 115, 3,
	  "5.2=USron" },
	{ 116, 8,
	  " Op.11/2.minnetriarviws " },
	{ 117, 10,
	  " De01.3.14.2DebIBMoniostrigstr" },
	{ 118, 6,
	  "0 (001HP Rouebir 2" },
	{ 119, 5,
	  "-10antcurellr (" },
	{ 120, 11,
	  "\012  3CoMarRelSupailc) e Aheropys, " },
	{ 121, 11,
	  "(c)-loCopIP co ecuityld ntupyryri" },
	{ 122, 5,
	  ", San bung Sn 1" },
	{ 123, 7,
	  " 6. Ro sy004at eviies" },
	{ 124, 12,
	  " (c Wi) r0 S11 2.2BM PnPUPnht mainP/" },
	{ 125, 2,
	  " UP.02" },
	{ 126, 5,
	  " Ap1.34.17.0end" },
	{ 127, 9,
	  " 3.2.6800Pore Tem=emer Mure" },
	{ 128, 3,
	  " 19-Mas S" },
	{ 129, 5,
	  "300hinreeroxt (" },
	{ 130, 8,
	  " Cl00,05.12 Novm Rt vuni" },
	{ 131, 5,
	  "02.11.3.2nixp1 " },
	{ 132, 11,
	  " St Th0.36008.0BuiThue Cm Snerux " },
	{ 133, 7,
	  " Albuicrohosicrilel 2" },
	{ 134, 9,
	  " 00.co005PC an-chier/ix mar" },
	{ 135, 8,
	  "1.4IX MicSecStanOSpacupp" },
	{ 136, 10,
	  " En Fr TCApaaDBck e PiaDienppo" },
	{ 137, 13,
	  " SW.03.120038.1TCPemsiniisirossofsununO" },
	{ 138, 6,
	  "0110170802.4DB-Fre" },
	{ 139, 9,
	  " (1 Ca.5-00801217 BSDe On S" },
	{ 140, 11,
	  "  p, V.04/IPAppBooRunainn 5tpdult" },
	{ 141, 19,
	  " Li Ty.8..9.00-6.2CP/MP P/IRP allil lielleneloneox rd ris" },
	{ 142, 5,
	  "Clic. k Ppplx86" },
	{ 143, 9,
	  " Mi0 M00203.5-1AIXeb iseoot" },
	{ 144, 15,
	  " 01 8. AI Ru at.16.2 0.41.6T 2pler Cr Nrievis" },
	{ 145, 7,
	  ".0,0-20.5Packs te un4" },
	{ 146, 4,
	  " 0505 Senatu" },
	{ 147, 5,
	  ") 2.14X vmpuov " },
	{ 148, 15,
	  " Bu V31, 16 5.3=MaFirewahu,l=ilerletnicollt C" },
	{ 149, 8,
	  " HW le0071 (Ubuomassiu, " },
	{ 150, 6,
	  "erPgemhe/osotreve " },
	{ 151, 15,
	  " / , R.0500612.15 C CEthNS bergerplir Stumubu" },
	{ 152, 4,
	  "d_aeapl=MrPC" },
	{ 153, 8,
	  ", l1.5101Junap=by emoum=" },
	{ 154, 13,
	  " CH Da.13.15AprT=CacBanccBoerpge tacv 2" },
	{ 155, 7,
	  "CHRHRPWorarkistracs P" },
	{ 156, 9,
	  " SN de.2210-ASEEntV3.e Mero" },
	{ 157, 4,
	  " MP,\012 exan 3" },
	{ 158, 24,
	  " 16 Fi OS, 2, L, r-Se.7.04.0x050 9.0B-1GatM Pc.,echettid:ks,r irprt 1vel" },
	{ 159, 8,
	  "08 2 (Cenensgenipems,us " },
	{ 160, 7,
	  " 17 Ex LoP Md/1ialun " },
	{ 161, 14,
	  ", U.3 /5.2, CalV1.Wedanndore (honmwan Vo S" },
	{ 162, 13,
	  " (b1 D11:4.36_67.186__64_aue 2ft mploin" },
	{ 163, 8,
	  " 15 22 Fa Vi110atadmimpa" },
	{ 164, 12,
	  "  v 0x0 NRevScak Sl Nlatn Mpr rootel" },
	{ 165, 11,
	  " 21 Au(bu040386Maiampanoct licway" },
	{ 166, 13,
	  " +0/101 S5.67 1700=\042SNETcanio n4upd t 2" },
	{ 167, 14,
	  ".1814.202CorEPSSE cledebe Ied.ornoxys Ity " },
	{ 168, 19,
	  " C  Do/4.0 10203, DT ReaSW:Tece/1itekerlt mbemernipp=0top" },
	{ 169, 23,
	  " (0 7. V1, 3-24/0.19 2 S2106.3=iPESSIMALexP Pdomexmlusngir 1ry tewxma" },
	{ 170, 20,
	  " Ju La SM0 R05006 C mDNSGMTXeraclay d_sly milnc,ntarictatv2." },
	{ 171, 18,
	  " GM v20305.49.1; SCanRELS Vd 4dmaeBSeeBn 6ndmntpt Purv" },
	{ 172, 14,
	  "(1), 1, C/8.0 V3.6OM OraTela,Cnolr Wx08y a" },
	{ 173, 20,
	  " 04\042,\012\042nt.,L.4 .500.91 1=CaP ASW Wirchnctoi38ia,litll-ra rni" },
	{ 174, 16,
	  " (S Sc.21120DelELEEngGenHW:PreTP-ckan Cniar Futi" },
	{ 176, 22,
	  " -0 02 Et-11.2-01311-14 3.4CurPhoayae.cenekPrkarnitoCuokPr ProCxam" },
	{ 177, 30,
	  " 18 AP ho.19/3.07.4c 64 ATIAvaC00EASHewLEAPoiRICc Pcald_pertewll=Jlifmunn 2ntortits v3.w"
	  "le" },
	{ 178, 24,
	  " 13 IP)\042,0.600904c07 900AgeMonRG S 5Unia Sd 1d Ddevilimmun As As/1t Wvay" },
	{ 179, 19,
	  " Me-1~.1710,1114, COMGraON amie 1htsle.liaoduorpsenupeya " },
	{ 181, 17,
	  " (M 9..301:25508.2=00Plade e Eencer,n:\012o Aon,r 3tan" },
	{ 182, 21,
	  " (B 24 ED V5) 13 S3.55 (6.4Boxeameveifon Ln, ro t Aumbunnuriven" },
	{ 183, 27,
	  " Ed HP+de00:08.1616 (BroDevDomNMPNamPSOSNMTPDV5.irmitaltin 4rmws Ct Tt-Ptifux/y, " },
	{ 185, 27,
	  " Ci su\042Su, F0210701)\04215.20.3 (AP CA,COHEDTICOMinMulOH ROMS RStoc Sdiaigik Fr Ry S" },
	{ 186, 32,
	  " 23 Mu fr\042su'10-N--Pa.070.810'16822 24 2503.34 (4C07.2N-1S 1TC ec ecierSiltl-Nn Gstis"
	  "tnt Mtnatt-" },
	{ 188, 29,
	  " '1 Ad Ag CO FW x8.3-/200/109 12-19229 3504.87 (BLEL=Se 5e RiPaia l /nsoon1parpret Iy 1" },
	{ 189, 23,
	  " (C 03 Ph.28.8 10/2.54.45.8@1.AirMayN: UTCanyaulhnol rledonfro1rtasol" },
	{ 191, 34,
	  " Ga Ge RO SD\042\012 . A0' 0150161 F102:00C SJetJulSONSamW V\134, _7.artd Aditdwae,Se/2n"
	  "s o Moarorypanrdws (ul " },
	{ 193, 37,
	  " (U UT is po v3(Bu-12.1,1 01) 1302.832 5.76, 620760: W:10AN AT E SFW:HatIS SS SieSonWar_"
	  "prarcd 2eb/heliemnfir v" },
	{ 194, 37,
	  " (R 14 55 IM Ja SI- S.1-/6.1.718 1:124-28 9.9: 2DirFriH_7LE P EPROSN-_6.am diselaelolaym"
	  "e1no pngr Vrtes rsonura" },
	{ 196, 32,
	  " 29 He SE.09.23.fo0 00-001410510:13 13.26 3.89.2MedNRGOT Shecish, imiinal Am=2n aopnpd/r"
	  "/1rStt a" },
	{ 198, 53,
	  "\004\015v\015ve (V /P 25 42 RI [1 bu ri-We.06.08/Li0-400;40 92.: T=2,AXIB.0ExtH_6ID SN:U"
	  "NIVieXISatoba ce,dgee,Oeatfigh 2hu l 8lablopmotn Nndsoleomipmerems Nspotfotivue " },
	{ 200, 44,
	  " (N 2  3C Gr NS RE sp, M.26.700 E11,1131351404-26.6790:28=\042TC 2ERIHarII MFPSIPatfb Se"
	  " 6eerefafauh 4hasninotdphar 5romrous Mse-sectde" },
	{ 202, 57,
	  " 06 07 31 Bo Ho MX Nu SS), , D.5 /7.0 /0 A0 D0) 11619:27 3455108, 910ColDSLES ET H_5HomL"
	  "INNumPD PS _5.cioelierriMaicWigul=Dm Omagmpims n fndao Copmourr Uruns 1tu-tusuncuse" },
	{ 204, 55,
	  " 0. Ha MC Ub-00.40.6 / R04-06.0901,O12116,16.2.722:31 6109 (BERDK E -EdiH NIPSJanL.PNIXO"
	  "S/PolRecTueaccadedardnseb-es/guricsideignl=Nladle-nctnt,ny,pinr 6re-re:rpoy C" },
	{ 206, 54,
	  " (F L. LA v1) () C, p., .2501-0711 H2-223 25 30-45068.9.5:05A,CANDAdmFebIN KerOMPPagPd/S"
	  "D-SteV4.W: admaraffigiehaniUPicild/lenn 0nPdniUpilppir, simspauleun-ux)x/2" },
	{ 208, 56,
	  " 26 MA S/ SP Sa V2 V4 pe-Ap-ma01:2) 2-12044568 (920ALLCabCarH ALANLL LotMT;OS-P dP-LPATR"
	  "emSepT; V2.aceay=d Mdreen er;erlispk Cmatnfonisnnio Toluotupeespet, whex Exy_y 2" },
	{ 210, 68,
	  " 5  :  Af Fe IB NT Tu) A-48.9 0 H00/1.81122.921228:4 F40.4u\0426.56867.37.58:0960=\042i="
	  "0,AfiAugCamD-2DBEFRIFacFamIONIOSK fMPAO=CP JPOPRITSDKST T CWALc_1csid Ceppic_larllaltem,"
	  "OnP on/r -radri s Rt,Oteptriu\042,ug " },
	{ 213, 69,
	  "  1 (W 08 60 AT BN EP NC NR PD Ra ad ru(1..84.P.0 r0.70181-01-12,\0126\042,61-7 270 9.39"
	  "0 =CA=iMAAPAR BN:BoaERGGNUITZM FNDBS XS-1SigTANTZ!a Nac1acsc,Ld Vecoed,etWglegrah Sn  ol"
	  "yorNr 0rNase,sinsqlst.t Rtaite=utoyco" },
	{ 215, 70,
	  "\000\000\000 3  CP MS R2 Sh V6 X (Un, 6-01.310601 C1:320,20320:42045 5 T6 A6507, 8108409"
	  "87: 5:11CE CerG ML SN=CP3 PluS vS/5SH SHASL T/AX Sac at-atcbilch,dstdule vearegrflulycm "
	  "Mn Bn-1ndron-othouprVeruss Dualx Wx h\204\000\000\302\204\000" },
	{ 218, 108,
	  " 09 B. C2 Ce GN MD MI Wo da n  so(C)) [*SN-07-22-9.-LI-n -r .1).51.60/11/AT/bu0-102-1 V1"
	  "0317:18-1\302\2042082404 S4.55 A6.76017 07018.586\042:08; T=\042N=3,=Mo=TeAP4AT/CA EdgIB"
	  "LID=INKInfL=MMAPMATN-nNK NU/O=DOP3OcePHPS/NSSLSUNTIBTomU/Laspcedd_ddbae Le/beCoePreezep "
	  "esketri68iPhinCinoiprix)l/1loumonn 7n Tn Wns,oFTol orVoudr BroFs ftipvol" },
	{ 220, 91,
	  "  s #1 4  76 AR AS Av CA DS My SU To UC WA.  . C.1p.24.27.32.7 .el/9./co0 C0 v00)04104:0"
	  ": 0:50R015:1601AP1p122.33 4][5 E6 N64]70.8 19, : x=0.=De=SaICAIOTMS MerOctPadR2 SD SQLSy"
	  "mV6.VM cWAd Sde/e 7e Be Ne iee)enVerDg 3id k Am=1mysn Fn Jnspom,osxpe posrDNreprewse:t D"
	  "tditu1uct" },
	{ 223, 109,
	  " (2 (E (P Ar C. Or SR Si(Ve-15-De-Re.1R.4-0\042,00R0310:00:10\302\2041-r13,14,15,16-17.1"
	  "7019121:3.73794104215 S52053 56.6-26408.486 86/876:21;SeARPD 1I SLBSMCUMySN AN=SO=GONIPo"
	  "sRocS 2S TS.NS/1SIMTICVMSVirW:v_sec Od Hd, dedduceWoel6ftpg 1g 5geWh 3icol, lePlphm FnCo"
	  "nVMne1ongp/1r 7rc riorodsessh-sisspbstst btrutu/up vanwinx SximxteySQysq" },
	{ 226, 95,
	  " (/ (T 1  70 C3 II XL [D\042i3+ma- C-02-16-25-EN.0@.29.4p/sw0 -0,\01209:0@11-l12212:1331"
	  "8.1801:421124G26041 4125 05 M50.6 F8) :37; MAruExiMIDMfgNICNW,O=AOS5P-SP30R00S5.SFPTERUN"
	  "W[De_3._4.a Iashat/aveckeco-erOetSew ia~im k 1ketl 1ls lutn 8nseod=oglogyossrOSrubs,Cs,O"
	  "tegth_ty-ubausiv1.v6.webx A" },
	{ 0, 0, NULL },
};
