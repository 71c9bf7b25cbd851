"""What visitors hold in their hand: a table of real agents, an independent judge, and hostile text."""

from __future__ import annotations

import csv
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import ua_parser
from hypothesis import example, given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.links import agent as module
from scanly.links.agent import APPS, BROWSERS, DEVICES, SYSTEMS, Agent, example_agent, read_agent

SHARED = Path(__file__).parents[1] / "fixtures" / "user-agents.tsv"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) {APPLE}"
IPAD = f"Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) {APPLE}"
MAC = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE}"
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/130.0.0.0 Safari/537.36"
K = f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT}"
VIEW = (
    f"Mozilla/5.0 (Linux; Android 13; SM-A135F Build/TP1A.220624.014; wv) {WEBKIT} "
    "Version/4.0 Chrome/120.0.6099.144 Mobile Safari/537.36"
)

# Device, system, version (~ where it may be a later one), browser, app, agent.
TABLE = """
phone   android 10~ chrome - {K} Chrome/131.0.0.0 Mobile Safari/537.36
phone   ios 18.1 safari - Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {APPLE} Version/18.1 Mobile/15E148 Safari/604.1
phone   android 13 samsung - Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-A135F) {WEBKIT} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36
phone   android 12 miui - Mozilla/5.0 (Linux; U; Android 12; en-in; Redmi Note 9 Pro) {WEBKIT} Version/4.0 Chrome/100.0.4896.127 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.4.0
phone   ios 17.6.1 - instagram Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) {APPLE} Mobile/21G93 Instagram 342.0.3.32.93 (iPhone14,5; iOS 17_6_1; en_IN; en; scale=3.00; 1170x2532; 627400398)
phone   android 14 - facebook Mozilla/5.0 (Linux; Android 14; Pixel 7 Build/UQ1A.240205.002; wv) {WEBKIT} Version/4.0 Chrome/122.0.6261.64 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/451.0.0.46.109;]
tablet  ios 16.7 safari - Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) {APPLE} Version/16.6 Mobile/15E148 Safari/604.1
tablet  android 12 chrome - Mozilla/5.0 (Linux; Android 12; SM-T500) {WEBKIT} Chrome/119.0.0.0 Safari/537.36
desktop windows 10~ edge - {WINDOWS} Edg/130.0.0.0
desktop macos - safari - {MAC} Version/17.5 Safari/605.1.15
desktop linux - firefox - Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0
phone   kaios 2.0 kaios - Mozilla/5.0 (Mobile; LYF/F90M/LYF-F90M-000-02-28-130318; Android; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.0
-       - - - whatsapp WhatsApp/2.23.20.0 A
-       - - - - TelegramBot (like TwitterBot)
-       - - - - facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)
-       - - - - Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)
phone   android 6.0.1 chrome - Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) {WEBKIT} Chrome/129.0.6668.89 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)
-       - - chrome - Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36
-       - - - - curl/8.5.0
-       - - - - python-requests/2.32.3
phone   android 14 chrome - Mozilla/5.0 (Linux; Android 14; Pixel 8) {WEBKIT} Chrome/125.0.0.0 Mobile Safari/537.36
tablet  android 10~ chrome - {K} Chrome/131.0.0.0 Safari/537.36
phone   android 10~ samsung - {K} SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36
phone   android 14 firefox - Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0
tablet  android 13 firefox - Mozilla/5.0 (Android 13; Tablet; rv:131.0) Gecko/131.0 Firefox/131.0
phone   android 10~ edge - {K} Chrome/130.0.0.0 Mobile Safari/537.36 EdgA/130.0.0.0
phone   android 10~ opera - {K} Chrome/129.0.0.0 Mobile Safari/537.36 OPR/85.0.0.0
phone   android - opera - Opera/9.80 (Android; Opera Mini/69.0/191.310; U; en) Presto/2.12.423 Version/12.16
phone   - - opera - Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; en) Presto/2.8.119 Version/11.10
phone   android 12 ucbrowser - Mozilla/5.0 (Linux; U; Android 12; en-US; CPH2349 Build/SP1A.210812.016) {WEBKIT} Version/4.0 Chrome/100.0.4896.58 UCBrowser/13.4.0.1306 Mobile Safari/537.36
phone   android 4.4.2 ucbrowser - UCWEB/2.0 (MIDP-2.0; U; Adr 4.4.2; en-US; GT-S7262) U2/1.0.0 UCBrowser/10.7.9.856 U2/1.0.0 Mobile
phone   android 12 huawei - Mozilla/5.0 (Linux; Android 12; MRX-W09; HMSCore 6.13.0.302) {WEBKIT} Chrome/114.0.5735.196 HuaweiBrowser/14.0.5.303 Mobile Safari/537.36
phone   harmonyos - huawei - Mozilla/5.0 (Linux; Android 10; HarmonyOS; ELS-AN00; HMSCore 6.11.0.302) {WEBKIT} Chrome/99.0.4844.88 HuaweiBrowser/13.0.5.303 Mobile Safari/537.36
phone   harmonyos 5.0 chrome - Mozilla/5.0 (Phone; OpenHarmony 5.0) {WEBKIT} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile
phone   harmonyos 5.1 huawei - Mozilla/5.0 (Phone; OpenHarmony 5.1) {WEBKIT} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile HuaweiBrowser/5.1.3.300
tablet  harmonyos 5.0 chrome - Mozilla/5.0 (Tablet; OpenHarmony 5.0) {WEBKIT} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1
desktop harmonyos 5.0 chrome - Mozilla/5.0 (PC; OpenHarmony 5.0) {WEBKIT} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1
phone   harmonyos 5.0 - wechat Mozilla/5.0 (Phone; OpenHarmony 5.0) {WEBKIT} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile MicroMessenger/8.0.10.41(0xf3100a29) Weixin NetType/WIFI Language/zh_HK
phone   android 11 oppo - Mozilla/5.0 (Linux; U; Android 11; en-gb; CPH2239 Build/RP1A.200720.011) {WEBKIT} Version/4.0 Chrome/88.0.4324.93 Mobile Safari/537.36 HeyTapBrowser/45.8.2.1
phone   android 11 vivo - Mozilla/5.0 (Linux; Android 11; V2043) {WEBKIT} Version/4.0 Chrome/87.0.4280.141 Mobile Safari/537.36 VivoBrowser/9.7.1.0
phone   android 10~ yandex - {K} Chrome/126.0.0.0 YaBrowser/24.7.1.70 Mobile Safari/537.36
phone   android 10~ phoenix - {K} Chrome/119.0.0.0 Mobile Safari/537.36 PHX/14.7
phone   android 13 duckduckgo - Mozilla/5.0 (Linux; Android 13) {WEBKIT} Version/4.0 Chrome/120.0.0.0 Mobile DuckDuckGo/5 Safari/537.36
phone   android 13 - webview {VIEW}
phone   android 2.3.6 androidbrowser - Mozilla/5.0 (Linux; U; Android 2.3.6; en-us; GT-S5570 Build/GINGERBREAD) AppleWebKit/533.1 (KHTML, like Gecko) Version/4.0 Mobile Safari/533.1
tablet  android 4.0.3 androidbrowser - Mozilla/5.0 (Linux; U; Android 4.0.3; en-us; Transformer TF101 Build/IML74K) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Safari/534.30
phone   android 13 - - Dalvik/2.1.0 (Linux; U; Android 13; SM-A135F Build/TP1A.220624.014)
tablet  android 9 silk - Mozilla/5.0 (Linux; Android 9; KFMAWI) {WEBKIT} Silk/108.4.6 like Chrome/108.0.5359.160 Safari/537.36
tablet  android 5.1.1 silk - Mozilla/5.0 (Linux; U; Android 5.1.1; KFGIWI) {WEBKIT} Silk/77.2.19 like Chrome/77.0.3865.92 Mobile Safari/537.36
tablet  android - silk - Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Silk/108.4.6 like Chrome/108.0.5359.160 Safari/537.36
tablet  android 12 chrome - Mozilla/5.0 (Linux; Android 12; Nokia T20) {WEBKIT} Chrome/119.0.0.0 Safari/537.36
phone   ios 17.5.1 chrome - {IPHONE} CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1
phone   ios 17.5.1 firefox - {IPHONE} FxiOS/127.0 Mobile/15E148 Safari/605.1.15
phone   ios 17.5.1 edge - {IPHONE} Version/17.0 EdgiOS/125.0.2535.60 Mobile/15E148 Safari/605.1.15
phone   ios 17.5.1 opera - {IPHONE} Version/17.5 Mobile/15E148 Safari/604.1 OPT/4.7.0
phone   ios 17.5.1 duckduckgo - {IPHONE} Version/17.5 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15
tablet  ios 17.5 chrome - {IPAD} CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1
phone   ios 12.5.7 safari - Mozilla/5.0 (iPod touch; CPU iPhone OS 12_5_7 like Mac OS X) {APPLE} Version/12.1.2 Mobile/15E148 Safari/604.1
phone   ios - safari - Mozilla/5.0 (iPhone; U; CPU like Mac OS X; en) AppleWebKit/420+ (KHTML, like Gecko) Version/3.0 Mobile/1A543a Safari/419.3
phone   ios 26.1 safari - Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {APPLE} Version/26.1 Mobile/15E148 Safari/604.1
phone   ios 18.7 safari - Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) {APPLE} Version/18.7.2 Mobile/15E148 Safari/604.1
phone   ios 18.7~ - kakaotalk Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) {APPLE} Mobile/15E148 KAKAOTALK/26.5.6 (INAPP)
phone   ios 26.0 - instagram Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) {APPLE} Mobile/23A341 Instagram 401.0.0.35.66 (iPhone17,1; iOS 26_0; en_US; en; scale=3.00; 1206x2622; 790000000)
phone   ios 26.1 - facebook Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) {APPLE} Mobile/23B85 [FBAN/FBIOS;FBAV/535.0.0.30.103;FBBV/1;FBDV/iPhone17,1;FBMD/iPhone;FBSN/iOS;FBSV/26.1;FBSS/3;FBID/phone;FBLC/en_US]
phone   ios 17.5.1 - webview {IPHONE} Mobile/15E148
tablet  ios - chrome - Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} CriOS/126 Version/11.1.1 Safari/605.1.15
tablet  ios - - webview Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Mobile/15E148
phone   ios 17.5.1 - facebook {IPHONE} Mobile/21F90 [FBAN/FBIOS;FBAV/468.0.0.38.109;FBBV/1;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/17.5.1;FBSS/3;FBCR/;FBID/phone;FBLC/en_US;FBOP/80]
tablet  ios 17.5 - facebook {IPAD} Mobile/21F79 [FBAN/FBIOS;FBAV/468.0.0.38.109;FBDV/iPad13,4;FBMD/iPad;FBSN/iPadOS;FBSV/17.5;FBID/tablet]
phone   ios 17.5.1 - messenger {IPHONE} Mobile/21F90 [FBAN/MessengerForiOS;FBAV/460.0.0.50.107;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/17.5.1]
phone   android 13 - messenger {VIEW} [FB_IAB/Orca-Android;FBAV/460.0.0.50.107;]
phone   android 13 - facebook {VIEW} MetaIAB Facebook
phone   android 13 - instagram {VIEW} Instagram 320.0.0.42.101 Android (33/13; 300dpi; 720x1450; samsung; SM-A135F; a13; exynos850; en_IN; 565506223)
phone   android 13 - threads {VIEW} Barcelona 320.0.0.42.101 Android (33/13; 300dpi; 720x1450; samsung; SM-A135F; a13; exynos850; en_IN; 1)
phone   ios 17.5.1 - whatsapp {IPHONE} Mobile/15E148 [FBAN/WhatsApp;FBAV/24.12.0]
phone   android 13 - whatsapp {VIEW} WhatsApp/2.24.12.78
phone   android 13 - tiktok {VIEW} musical_ly_2023206030 JsSdk/1.0 NetType/WIFI Channel/googleplay AppName/musical_ly app_version/32.6.3 BytedanceWebview/d8a21c6
phone   ios 17.5.1 - tiktok {IPHONE} Mobile/15E148 musical_ly_35.1.0 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/en Region/US BytedanceWebview/d8a21c6
phone   android 13 - tiktok {VIEW} trill_320403 JsSdk/1.0 NetType/WIFI AppName/trill app_version/32.4.3
phone   android 13 - wechat {VIEW} XWEB/5169 MMWEBSDK/20230405 MMWEBID/2585 MicroMessenger/8.0.35.2360(0x2800235D) WeChat/arm64 Weixin NetType/4G Language/en ABI/arm64
phone   ios 17.5.1 - wechat {IPHONE} Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/en
desktop windows 10~ - wechat {WINDOWS} NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090819)
phone   android 13 - line {VIEW} Line/13.18.1/IAB
phone   ios 17.5.1 - line {IPHONE} Mobile/15E148 Safari Line/14.9.0
phone   ios 17.5.1 - snapchat {IPHONE} Mobile/15E148 Snapchat/12.61.0.33 (like Safari/8617.1.17.10.9, panda)
phone   android 13 - snapchat {VIEW}Snapchat/12.61.0.38 (SM-A135F; Android 13#A135FXXU5CWG2#33; gzip; )
phone   ios 17.5.1 - twitter {IPHONE} Mobile/15E148 Twitter for iPhone/10.20
phone   android 13 - twitter {VIEW} TwitterAndroid
phone   ios 17.5.1 - linkedin {IPHONE} Mobile/15E148 [LinkedInApp]/9.29.5364
phone   android 13 - pinterest {VIEW} [Pinterest/Android]
phone   android 13 - telegram {VIEW} Telegram-Android/11.3.3 (Samsung SM-A135F; Android 13; SDK 33; AVERAGE)
phone   android 13 - kakaotalk {VIEW};KAKAOTALK 2410410
phone   ios 17.5.1 - googleapp {IPHONE} GSA/289.0.577789551 Mobile/15E148 Safari/604.1
phone   android 13 - reddit {VIEW} Reddit/Version 2024.40.0/Build 1/Android 13
phone   ios 17.5.1 - zalo {IPHONE} Mobile/15E148 Zalo iOS/502 ZaloTheme/light ZaloLanguage/vn
phone   android 13 - zalo {VIEW} Zalo android/12100702 ZaloTheme/light ZaloLanguage/vi
phone   ios 17.5.1 - naver {IPHONE} Mobile/15E148 Safari/605.1 NAVER(inapp; search; 1010; 12.6.0; 14)
phone   android 13 - qq {VIEW} MQQBrowser/6.2 TBS/046291 V1_AND_SQ_8.9.90 QQ/8.9.90.13515 NetType/WIFI
phone   ios 17.5.1 - weibo {IPHONE} Mobile/15E148 Weibo (iPhone14,5__weibo__14.5.0__iphone__os17.5.1)
phone   android 13 - alipay {VIEW} NebulaSDK/1.8.100112 Nebula AlipayDefined(nt:WIFI) AliApp(AP/10.5.96) AlipayClient/10.5.96 Language/zh-Hans
phone   ios 17.5.1 - baidu {IPHONE} Mobile/15E148 Safari/604.1 SP-engine/2.91 main/1.0 baiduboxapp/13.57.0.11 (Baidu; P2 17.5.1)
phone   ios 17.5.1 - bing {IPHONE} Version/17.0 Mobile/15E148 Safari/605.1.15 BingSapphire/1.0.410529014
phone   android 13 qqbrowser - Mozilla/5.0 (Linux; U; Android 13; zh-cn; V2203A) {WEBKIT} Version/4.0 Chrome/109.0.5414.86 MQQBrowser/15.4 Mobile Safari/537.36
desktop windows 10~ chrome - {WINDOWS}
desktop windows 10~ firefox - Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0
desktop windows 10~ opera - {WINDOWS} OPR/114.0.0.0
desktop windows 10~ vivaldi - {WINDOWS} Vivaldi/7.0.3495.10
desktop windows 10~ whale - {WINDOWS} Whale/3.28.266.14
desktop windows 10~ brave - {WINDOWS} Brave/131
desktop windows 10~ ecosia - {WINDOWS} (Ecosia Desktop@130.0.0.0)
desktop windows 7 ie - Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko
desktop windows 7 ie - Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; WOW64; Trident/4.0; SLCC2; Tablet PC 2.0)
desktop windows 8.1 chrome - Mozilla/5.0 (Windows NT 6.3; Win64; x64) {WEBKIT} Chrome/109.0.0.0 Safari/537.36
desktop windows 5.1 firefox - Mozilla/5.0 (Windows NT 5.1; rv:52.0) Gecko/20100101 Firefox/52.0
desktop macos - chrome - Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Chrome/130.0.0.0 Safari/537.36
desktop macos - firefox - Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0
desktop macos 10.13.6 safari - Mozilla/5.0 (Macintosh; Intel Mac OS X 10_13_6) {APPLE} Version/13.1.2 Safari/605.1.15
desktop macos 11.2.3 chrome - Mozilla/5.0 (Macintosh; Intel Mac OS X 11_2_3) {WEBKIT} Chrome/89.0.4389.90 Safari/537.36
desktop linux - chrome - Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/130.0.0.0 Safari/537.36
desktop linux - chrome - Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/130.0.0.0 Safari/537.36
desktop linux - - - Mozilla/5.0 (X11; Linux x86_64) {APPLE} Version/17.4 Safari/605.1.15
desktop linux - firefox - Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0
desktop bsd - firefox - Mozilla/5.0 (X11; FreeBSD amd64; rv:131.0) Gecko/20100101 Firefox/131.0
desktop chromeos - chrome - Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/130.0.0.0 Safari/537.36
phone   linux - firefox - Mozilla/5.0 (Maemo; Linux; U; Jolla; Sailfish; Mobile; rv:31.0) Gecko/31.0 Firefox/31.0 SailfishBrowser/1.0
phone   - - firefox - Mozilla/5.0 (Mobile; rv:26.0) Gecko/26.0 Firefox/26.0
phone   kaios 2.5.2 kaios - Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5.2
phone   kaios 3.1 kaios - Mozilla/5.0 (Mobile; Nokia 2780 Flip; rv:84.0) Gecko/84.0 Firefox/84.0 KAIOS/3.1
phone   - - - - Nokia2700c-2/2.0 (09.80) Profile/MIDP-2.1 Configuration/CLDC-1.1
phone   - - - - SAMSUNG-GT-E2252/E2252DDLJ1 Openwave/6.2.3 Profile/MIDP-2.0 Configuration/CLDC-1.1 UP.Browser/6.2.3.3.c.1.101 (GUI) MMP/2.0
phone   - - - - Mozilla/5.0 (Series40; NokiaX2-02/10.90; Profile/MIDP-2.1 Configuration/CLDC-1.1) Gecko/20100401 S40OviBrowser/1.8.0.50.5
phone   symbian - - - Mozilla/5.0 (Symbian/3; Series60/5.2 NokiaN8-00/013.016; Profile/MIDP-2.1 Configuration/CLDC-1.1) AppleWebKit/525 (KHTML, like Gecko) Version/3.0 BrowserNG/7.2.8.10 3gpp-gba
phone   blackberry - - - Mozilla/5.0 (BB10; Touch) AppleWebKit/537.10+ (KHTML, like Gecko) Version/10.3.3.2205 Mobile Safari/537.10+
tablet  blackberry - - - Mozilla/5.0 (PlayBook; U; RIM Tablet OS 2.1.0; en-US) AppleWebKit/536.2+ (KHTML, like Gecko) Version/7.2.1.0 Safari/536.2+
phone   windowsphone 8.1 ie - Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; ARM; Trident/7.0; Touch; rv:11.0; IEMobile/11.0; NOKIA; Lumia 520) like iPhone OS 7_0_3 Mac OS X AppleWebKit/537 (KHTML, like Gecko) Mobile Safari/537
phone   windowsphone 10.0 edge - Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) {WEBKIT} Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15254
phone   windowsphone 7.5 ie - Mozilla/5.0 (compatible; MSIE 9.0; Windows Phone OS 7.5; Trident/5.0; IEMobile/9.0; NOKIA; Lumia 710)
tv      tizen 5.0 samsung - Mozilla/5.0 (SMART-TV; Linux; Tizen 5.0) {WEBKIT} SamsungBrowser/2.2 Chrome/63.0.3239.84 TV Safari/537.36
phone   tizen 2.3 samsung - Mozilla/5.0 (Linux; Tizen 2.3; SAMSUNG SM-Z130H) AppleWebKit/537.3 (KHTML, like Gecko) SamsungBrowser/1.0 Mobile Safari/537.3
watch   tizen 4.0 samsung - Mozilla/5.0 (Linux; Tizen 4.0; SAMSUNG SM-R800) {WEBKIT} SamsungBrowser/2.0 Chrome/56.0 Mobile Safari/537.36
tv      webos - chrome - Mozilla/5.0 (Web0S; Linux/SmartTV) {WEBKIT} Chrome/79.0.3945.79 Safari/537.36 WebAppManager
tv      webos - chrome - Mozilla/5.0 (Linux; NetCast; U) {WEBKIT} Chrome/87.0.4280.88 Safari/537.36 SmartTV/10.0 Colt/2.0 webOS/6.0
tv      android 9 chrome - Mozilla/5.0 (Linux; Android 9; BRAVIA 4K UR3 Build/PTT1.190515.001.S104) {WEBKIT} Chrome/90.0.4430.91 Safari/537.36
tv      android 7.1.2 silk - Mozilla/5.0 (Linux; Android 7.1.2; AFTMM) {WEBKIT} Silk/108.4.6 like Chrome/108.0.5359.160 Safari/537.36
tv      linux - chrome - Mozilla/5.0 (X11; Linux armv7l) {WEBKIT} Chrome/90.0.4430.225 Safari/537.36 CrKey/1.56.500000
tv      tvos - - - AppleTV11,1/11.1
tv      - - - - Roku/DVP-12.5 (12.5.0 build 4178-88)
console playstation - playstation - Mozilla/5.0 (PlayStation 4 11.00) {APPLE} Version/13.0 Safari/605.1.15
console playstation - playstation - Mozilla/5.0 (PlayStation; PlayStation 5/8.40) {APPLE} Version/16.4 Safari/605.1.15
console nintendo - nintendo - Mozilla/5.0 (Nintendo Switch; WebApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0.2.21.3 NintendoBrowser/5.1.0.22474
console nintendo - nintendo - Mozilla/5.0 (New Nintendo 3DS like iPhone) AppleWebKit/536.30 (KHTML, like Gecko) NX/3.0.0.5.20 Mobile NintendoBrowser/1.9.10156.EU
console windows 10~ edge - Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) {WEBKIT} Chrome/90.0.4430.212 Safari/537.36 Edge/44.18363.8131
watch   watchos 8.1 - - atc/1.0 watchOS/8.1 model/Watch6,1 hwp/t8301 build/19R570 (6; dt:226)
watch   android 13 chrome - Mozilla/5.0 (Linux; Android 13; Google Pixel Watch 2) {WEBKIT} Chrome/120.0.0.0 Mobile Safari/537.36
car     linux - chrome - Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/109.0.0.0 Safari/537.36 Tesla/2023.38.6
car     android 12 vivaldi - Mozilla/5.0 (Linux; Android 12; Polestar 2) {WEBKIT} Chrome/118.0.0.0 Safari/537.36 Vivaldi/6.4
-       - - - -
"""  # noqa: E501 - an agent is one line


def rows() -> list[tuple[Agent, str]]:
    parts = {"WEBKIT": WEBKIT, "APPLE": APPLE, "IPHONE": IPHONE, "IPAD": IPAD, "MAC": MAC, "WINDOWS": WINDOWS}
    parts |= {"K": K, "VIEW": VIEW}
    found: list[tuple[Agent, str]] = []
    for line in TABLE.strip().splitlines():
        device, os, version, browser, app, *rest = line.split(maxsplit=5)
        device, os, browser, app = ("" if word == "-" else word for word in (device, os, browser, app))
        numbers = () if version == "-" else tuple(map(int, version.rstrip("~").split(".")))
        agent = rest[0] if rest else ""
        for name, text in parts.items():
            agent = agent.replace("{" + name + "}", text)
        found.append((Agent(device, os, numbers, browser, app, version.endswith("~")), agent))
    return found


ROWS = rows()
AGENTS = [agent for _, agent in ROWS]
SAID = sorted({*DEVICES, *SYSTEMS, *APPS, *BROWSERS, "iphone", "ipad"})


@pytest.mark.parametrize(("read", "agent"), ROWS, ids=[agent[-60:] for agent in AGENTS])
def test_a_known_agent_is_read_as_what_it_is(read: Agent, agent: str) -> None:
    assert read_agent(agent) == read


def test_the_table_holds_every_agent_of_the_shared_list_and_many_more() -> None:
    with SHARED.open(encoding="utf-8", newline="") as file:
        shared = [row["agent"] for row in csv.DictReader(file, delimiter="\t")]
    assert shared == AGENTS[: len(shared)]
    assert len(set(AGENTS)) == len(AGENTS) > len(shared) + 100


def test_every_word_is_somebodys() -> None:
    for words, field in ((DEVICES, "device"), (SYSTEMS, "os"), (APPS, "app"), (BROWSERS, "browser")):
        assert {getattr(read, field) for read, _ in ROWS} - {""} == words


# What the judge calls our systems.
FAMILIES = {
    "Android": "android",
    "iOS": "ios",
    "Windows": "windows",
    "Windows Phone": "windowsphone",
    "Mac OS X": "macos",
    "Linux": "linux",
    "Ubuntu": "linux",
    "FreeBSD": "bsd",
    "Chrome OS": "chromeos",
    "KaiOS": "kaios",
    "Tizen": "tizen",
    "Web0S": "webos",
    "webOS": "webos",
    "WatchOS": "watchos",
    "ATV OS X": "tvos",
    "BlackBerry OS": "blackberry",
    "BlackBerry Tablet OS": "blackberry",
    "Symbian^3": "symbian",
    "Chromecast Linux": "linux",
    "Maemo": "linux",
}
# Ours and the judge's system and major version, and why they differ.
DIFFERENCES = {
    ("macos ", "macos 10"): "10.15.7 is what every later macOS says, too",
    ("chromeos ", "chromeos 14541"): "frozen, and the number of a build, not the version that people know",
    ("ios 26", "ios 18"): "since 26 the system's number is frozen, and the true one stands elsewhere",
    ("ios ", "ios 3"): "that is Safari's version, of the first iPhone",
    ("ios ", "macos 10"): "a Mac has no Mobile/: an iPad that claims to be one",
    ("windows 5", "windows XP"): "a version must be a number to be compared",
    ("android ", "linux "): "Silk is on Amazon's tablets only, which ask for pages as desktops do",
    ("harmonyos ", "android 10"): "it says that it is HarmonyOS, and Android 10 for compatibility only",
    ("harmonyos 5", " "): "the judge does not know OpenHarmony",
    ("nintendo ", "ios "): "like iPhone is not an iPhone",
    ("nintendo ", " "): "the judge does not know consoles",
    ("playstation ", " "): "the judge does not know consoles",
    (" ", "Roku 12"): "no system of ours: its visitors are televisions, and that is known",
    (" ", "Firefox OS 1"): "no system of ours: nobody writes rules for it",
    (" ", "Nokia Series 40 "): "no system of ours: nobody writes rules for it",
    ("blackberry ", "blackberry 10"): "we do not read its version: nobody writes rules for it",
    ("blackberry ", "blackberry 2"): "we do not read its version: nobody writes rules for it",
    ("webos ", "webos 6"): "most televisions do not say the version, so we read none",
    ("linux ", "linux 1"): "that is the version of the Chromecast, not of Linux",
}


def judged(agent: str) -> str:
    """System and major version as the judge has them, the system in our words."""
    found = ua_parser.parse_os(agent)
    if found is None:
        return " "
    return f"{FAMILIES.get(found.family, found.family)} {found.major or ''}"


def test_an_independent_judge_sees_the_same_systems_but_for_known_reasons() -> None:
    differences: set[tuple[str, str]] = set()
    for agent in AGENTS:
        read = read_agent(agent)
        ours = f"{read.os} {read.os_version[0] if read.os_version else ''}"
        if ours != judged(agent):
            differences.add((ours, judged(agent)))
    assert differences == DIFFERENCES.keys()


HOSTILE = st.text() | st.lists(
    st.sampled_from(
        [*(name for name, _, _ in module._NAMES), *AGENTS, "android 9999999.9_9.", "\ud800", "İ"]
    ),
    max_size=60,
).map("".join)


@given(HOSTILE)
@example("\ud800\x00\n")
@example("Android 99999999999999999999 ; iPhone OS 9_9_9_9_9_9_9 Windows NT 1.")
def test_any_text_is_read_in_words_of_the_vocabularies(agent: str) -> None:
    read = read_agent(agent)
    assert read.device in DEVICES | {""}
    assert read.os in SYSTEMS | {""}
    assert read.browser in BROWSERS | {""}
    assert read.app in APPS | {""}
    assert not (read.app and read.browser)
    assert all(0 <= number < 100_000 for number in read.os_version) and len(read.os_version) <= 4
    assert read_agent(agent[:512] + "Android 9 iPhone Instagram "[: max(0, len(agent) - 512)]) == read


@given(HOSTILE)
def test_the_automaton_finds_what_a_search_name_by_name_finds(agent: str) -> None:
    text = agent[:512].lower()
    plainly = ["", "", "", ""]
    for name, table, word in module._NAMES:
        if name in text and not plainly[table]:
            plainly[table] = word
    assert module._words(text) == plainly


def cpu_seconds(agents: list[str]) -> float:
    """The best of five for each, without what is remembered of agents."""
    read = module._read.__wrapped__
    total = 0.0
    for agent in agents:
        taken: list[float] = []
        for _ in range(5):
            start = time.process_time_ns()
            for _ in range(20):
                read(agent[:512])
            taken.append((time.process_time_ns() - start) / 20e9)
        total += min(taken)
    return total


def test_an_agent_is_read_in_microseconds() -> None:
    assert cpu_seconds(AGENTS) / len(AGENTS) < 50e-6


@pytest.mark.parametrize("seed", range(3))
def test_twenty_thousand_hostile_characters_are_read_at_once(seed: int) -> None:
    chance = random.Random(seed)
    names = [name for name, _, _ in module._NAMES]
    texts = ["x" * 20_000, "android " * 2_500, "1." * 10_000, "android 1" * 2_200, "é" * 20_000]
    texts += ["".join(chance.choices(names, k=3_000))[:20_000] for _ in range(50)]
    for text in texts:
        start = time.process_time()
        read_agent(text)
        assert time.process_time() - start < 0.05


def test_what_is_remembered_is_bounded() -> None:
    for number in range(5_000):
        read_agent(f"{number} {'x' * 600}")
    known = module._read.cache_info()
    assert known.currsize <= (known.maxsize or 0) <= 10_000


def test_only_what_is_at_the_front_counts() -> None:
    assert read_agent("x" * 512 + "Android 9 Mobile Instagram 3") == Agent()
    assert read_agent("x" * 500 + "; Android 9; Mobile").os == "android"


def fields(word: str) -> dict[str, str]:
    """What a word promises of the agent that is made from it."""
    if word in {"iphone", "ipad"}:
        return {"os": "ios", "device": "phone" if word == "iphone" else "tablet"}
    for words, field in ((DEVICES, "device"), (SYSTEMS, "os"), (APPS, "app")):
        if word in words:
            return {field: word}
    return {"browser": word}


@pytest.mark.parametrize("word", SAID)
@pytest.mark.parametrize("spelled", [str, str.upper, str.title], ids=["lower", "upper", "title"])
def test_an_example_is_read_as_the_word_that_it_was_made_from(
    word: str, spelled: Callable[[str], str]
) -> None:
    read = read_agent(example_agent(spelled(word)))
    assert {field: getattr(read, field) for field in fields(word)} == fields(word)
    assert read.device or word in BROWSERS, "a simulated visitor holds something"


@pytest.mark.parametrize("app", sorted(APPS))
@pytest.mark.parametrize("system", ["ios", "android", "ipad"])
def test_every_app_is_on_both_systems(app: str, system: str) -> None:
    read = read_agent(example_agent(f"{app}-{system}"))
    assert (read.app, read.browser) == (app, "")
    assert (read.os, read.device) == {
        "ios": ("ios", "phone"),
        "ipad": ("ios", "tablet"),
        "android": ("android", "phone"),
    }[system]


@pytest.mark.parametrize(
    ("words", "device", "os", "version", "browser"),
    [
        ("android", "phone", "android", (10,), "chrome"),
        ("android-9", "phone", "android", (9,), "chrome"),
        ("Android 4.4.2", "phone", "android", (4, 4, 2), "chrome"),
        ("android_14", "phone", "android", (14,), "chrome"),
        ("tablet-android-12", "tablet", "android", (12,), "chrome"),
        ("android-tv", "tv", "android", (13,), "chrome"),
        ("ios-16.2", "phone", "ios", (16, 2), "safari"),
        ("ios-26", "phone", "ios", (26, 0), "safari"),
        ("ipad-17.5.1", "tablet", "ios", (17, 5, 1), "safari"),
        ("chrome-ios-26.1", "phone", "ios", (26, 1), "chrome"),
        ("firefox-android", "phone", "android", (13,), "firefox"),
        ("firefox-tablet", "tablet", "android", (13,), "firefox"),
        ("firefox-ios", "phone", "ios", (17, 6), "firefox"),
        ("edge-windows", "desktop", "windows", (10,), "edge"),
        ("desktop", "desktop", "windows", (10,), "chrome"),
        ("windows-10", "desktop", "windows", (10,), "chrome"),
        ("windows-8.1", "desktop", "windows", (8, 1), "chrome"),
        ("firefox-macos", "desktop", "macos", (), "firefox"),
        ("macos-10.14", "desktop", "macos", (10, 14), "safari"),
        ("harmonyos-tablet", "tablet", "harmonyos", (5, 0), "chrome"),
        ("kaios-3.1", "phone", "kaios", (3, 1), "kaios"),
    ],
)
def test_words_can_be_joined(
    words: str, device: str, os: str, version: tuple[int, ...], browser: str
) -> None:
    assert read_agent(example_agent(words))[:4] == (device, os, version, browser)


def test_examples_look_like_the_agents_of_the_table() -> None:
    assert example_agent("phone") in AGENTS
    assert example_agent("ios-18.1") in AGENTS
    assert example_agent("ios-26.1") in AGENTS
    assert example_agent("firefox-linux") in AGENTS
    assert example_agent("zalo-ios").endswith("Mobile/15E148 Zalo iOS/12100702")
    assert example_agent("twitter-ipad").endswith("Twitter for iPad/10.20")
    assert example_agent("whatsapp").startswith("Mozilla/5.0 (Linux; Android 13; Pixel 6a; wv) ")


@pytest.mark.parametrize("word", SAID)
def test_the_judge_takes_examples_for_the_same_system(word: str) -> None:
    agent = example_agent(word)
    system = read_agent(agent).os
    judge = judged(agent).partition(" ")[0]
    assert judge == system or system in {"harmonyos", "nintendo", "playstation"} or word == "symbian"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("andriod", 'Did you mean "android"'),
        ("instagramm-ios", 'Did you mean "instagram"'),
        ("fridge", "Known: .*android.*iphone.*whatsapp"),
        ("", "Known: "),
        ("-", "Known: "),
        ("android-", "Known: "),
        ("android-9-beta", '"beta" is no visitor'),
        ("windows-11", 'instead of "11" it says "10"'),
        ("macos-15", 'instead of "15" it says nothing'),
        ("chromeos-120", "it says nothing"),
        ("android-ios", "android-ios"),
        ("desktop-phone", "desktop-phone"),
        ("safari-windows", "safari-windows"),
        ("instagram-facebook", "instagram-facebook"),
        ("whatsapp-firefox", "whatsapp-firefox"),
        ("1.2.3.4.5", "is no visitor"),
        ("phone\x1b[2J", r"\\x1b"),
        ("x" * 20_000, "Known: "),
        ("9-" * 20_000, "is no visitor|no User-Agent says"),
    ],
)
def test_what_cannot_be_imitated_is_refused_with_what_can(words: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        example_agent(words)
    assert len(str(refused.value)) < 1_500
    assert re.search("[\x00-\x1f]", str(refused.value)) is None


@given(st.lists(st.sampled_from([*SAID, "9", "16.2", "26", "10.15"]), min_size=1, max_size=4).map("-".join))
def test_words_in_any_mixture_are_kept_or_refused(words: str) -> None:
    try:
        read = read_agent(example_agent(words))
    except Invalid:
        return
    for word in words.split("-"):
        if word[0].isdigit():
            assert f"{'.'.join(map(str, read.os_version))}.".startswith(f"{word}.")
        else:
            assert {field: getattr(read, field) for field in fields(word)} == fields(word)
