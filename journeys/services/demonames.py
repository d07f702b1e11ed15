"""Names for the demo's invented people: family and given, as written, as read, in Latin letters. Commonest first."""

from __future__ import annotations

Name = tuple[str, str, str]

FAMILY: tuple[Name, ...] = (
    ("佐藤", "サトウ", "Sato"), ("鈴木", "スズキ", "Suzuki"), ("髙橋", "タカハシ", "Takahashi"),
    ("高橋", "タカハシ", "Takahashi"), ("田中", "タナカ", "Tanaka"), ("渡邉", "ワタナベ", "Watanabe"),
    ("渡辺", "ワタナベ", "Watanabe"), ("伊藤", "イトウ", "Ito"), ("山本", "ヤマモト", "Yamamoto"),
    ("中村", "ナカムラ", "Nakamura"), ("小林", "コバヤシ", "Kobayashi"), ("加藤", "カトウ", "Kato"),
    ("吉田", "ヨシダ", "Yoshida"), ("山田", "ヤマダ", "Yamada"), ("佐々木", "ササキ", "Sasaki"),
    ("山口", "ヤマグチ", "Yamaguchi"), ("松本", "マツモト", "Matsumoto"), ("井上", "イノウエ", "Inoue"),
    ("木村", "キムラ", "Kimura"), ("林", "ハヤシ", "Hayashi"), ("清水", "シミズ", "Shimizu"),
    ("斎藤", "サイトウ", "Saito"), ("齋藤", "サイトウ", "Saito"), ("斉藤", "サイトウ", "Saito"),
    ("山﨑", "ヤマザキ", "Yamazaki"), ("山崎", "ヤマサキ", "Yamasaki"), ("森", "モリ", "Mori"),
    ("池田", "イケダ", "Ikeda"), ("橋本", "ハシモト", "Hashimoto"), ("阿部", "アベ", "Abe"),
    ("石川", "イシカワ", "Ishikawa"), ("前田", "マエダ", "Maeda"), ("藤田", "フジタ", "Fujita"),
    ("小川", "オガワ", "Ogawa"), ("岡田", "オカダ", "Okada"), ("後藤", "ゴトウ", "Goto"),
    ("長谷川", "ハセガワ", "Hasegawa"), ("村上", "ムラカミ", "Murakami"), ("近藤", "コンドウ", "Kondo"),
    ("石井", "イシイ", "Ishii"), ("坂本", "サカモト", "Sakamoto"), ("遠藤", "エンドウ", "Endo"),
    ("青木", "アオキ", "Aoki"), ("藤井", "フジイ", "Fujii"), ("西村", "ニシムラ", "Nishimura"),
    ("福田", "フクダ", "Fukuda"), ("太田", "オオタ", "Ota"), ("三浦", "ミウラ", "Miura"),
    ("岡本", "オカモト", "Okamoto"), ("松田", "マツダ", "Matsuda"), ("中川", "ナカガワ", "Nakagawa"),
    ("中野", "ナカノ", "Nakano"), ("原田", "ハラダ", "Harada"), ("小野", "オノ", "Ono"),
    ("田村", "タムラ", "Tamura"), ("竹内", "タケウチ", "Takeuchi"), ("金子", "カネコ", "Kaneko"),
    ("和田", "ワダ", "Wada"), ("濵田", "ハマダ", "Hamada"), ("浜田", "ハマダ", "Hamada"),
    ("辻", "ツジ", "Tsuji"), ("邊見", "ヘンミ", "Henmi"), ("五十嵐", "イガラシ", "Igarashi"),
    ("東海林", "ショウジ", "Shoji"), ("小鳥遊", "タカナシ", "Takanashi"), ("四月一日", "ワタヌキ", "Watanuki"),
)  # fmt: skip
GIVEN: tuple[Name, ...] = (
    ("花子", "ハナコ", "Hanako"), ("美咲", "ミサキ", "Misaki"), ("結衣", "ユイ", "Yui"), ("陽菜", "ヒナ", "Hina"),
    ("さくら", "サクラ", "Sakura"), ("由美子", "ユミコ", "Yumiko"), ("恵", "メグミ", "Megumi"),
    ("千尋", "チヒロ", "Chihiro"), ("裕子", "ユウコ", "Yuko"), ("裕子", "ヒロコ", "Hiroko"),
    ("真由美", "マユミ", "Mayumi"), ("香織", "カオリ", "Kaori"), ("純子", "ジュンコ", "Junko"),
    ("葵", "アオイ", "Aoi"), ("愛", "アイ", "Ai"), ("彩花", "アヤカ", "Ayaka"), ("直美", "ナオミ", "Naomi"),
    ("智子", "トモコ", "Tomoko"), ("恵子", "ケイコ", "Keiko"), ("美穂", "ミホ", "Miho"), ("麻衣", "マイ", "Mai"),
    ("凛", "リン", "Rin"), ("七海", "ナナミ", "Nanami"), ("杏", "アン", "An"), ("久美子", "クミコ", "Kumiko"),
    ("典子", "ノリコ", "Noriko"), ("明美", "アケミ", "Akemi"), ("莉子", "リコ", "Riko"), ("紬", "ツムギ", "Tsumugi"),
    ("楓", "カエデ", "Kaede"), ("みどり", "ミドリ", "Midori"), ("和子", "カズコ", "Kazuko"),
    ("大輔", "ダイスケ", "Daisuke"), ("翔太", "ショウタ", "Shota"), ("健一", "ケンイチ", "Kenichi"),
    ("直樹", "ナオキ", "Naoki"), ("蓮", "レン", "Ren"), ("悠真", "ユウマ", "Yuma"), ("拓也", "タクヤ", "Takuya"),
    ("隆", "タカシ", "Takashi"), ("誠", "マコト", "Makoto"), ("浩", "ヒロシ", "Hiroshi"), ("湊", "ミナト", "Minato"),
)  # fmt: skip
