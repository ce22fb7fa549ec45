//! Function words of languages other than English: they tell the language of a text, and are its stop words.

use crate::domain::Language::{
    self, Danish, Dutch, Finnish, French, German, Greek, Hungarian, Italian, Norwegian, Other, Portuguese,
    Romanian, Russian, Spanish, Swedish, Turkish,
};

/// The most frequent function words of each language. Those of [`Other`] are of languages without a stemmer: one list each.
pub(super) const FUNCTION_WORDS: &[(Language, &str)] = &[
    (
        German,
        "der die das und ist nicht ein eine einer einem einen eines zu den dem des mit von für auf im in es sich auch als an \
         er sie wir ich ihr wird werden wurde hat haben war sind sein bei nach aus über zum zur oder aber wie was wer wo \
         wenn dass nur noch durch vor kann können um so am bis man unter diese dieser dieses welche kein keine",
    ),
    (
        French,
        "le la les l un une des du de d et est que qui dans pour pas sur au aux avec ce cette ces se il elle ils elles nous \
         vous je on ne n par plus ou où sont être a à y en son sa ses leur leurs mais comme tout tous fait était quel \
         quelle quand comment si même aussi sans entre",
    ),
    (
        Spanish,
        "el la los las un una de del y que en es por con para no se su sus al lo como más o pero le les ha han fue son está \
         están ser este esta estos estas eso cuando muy sin sobre también hay entre desde hasta donde qué quién cómo \
         cuál cuándo dónde ya nos ni si porque",
    ),
    (
        Portuguese,
        "o a os as um uma de do da dos das e que em no na nos nas é por com para não se seu sua seus suas ao aos à às como \
         mais ou mas foi são está estão ser este esta isso isto quando muito sem sobre também há entre até pelo pela ele \
         ela eles já num numa onde quem qual você",
    ),
    (
        Italian,
        "il lo la i gli le un una uno di del della dei delle dello degli e che in è per con non si al alla ai alle da dal \
         dalla nel nella nei sul sulla come più o ma ha hanno sono essere questo questa questi quando molto senza anche \
         tra fra dove chi cosa qual quale perché su suo sua loro ci ed era stato",
    ),
    (
        Dutch,
        "de het een en van is dat die in te op voor met niet zijn aan er om ook als dan bij door naar uit over maar nog wordt \
         worden werd heeft hebben had was waren kan kunnen wat wie waar hoe wanneer dit deze ze zij hij wij je u geen \
         meer tot of",
    ),
    (
        Swedish,
        "och att det som en ett är den av för på med inte till i om har han hon de vi jag du från var kan så ska när eller \
         men hur vad vem också efter vid blir bli alla denna detta sig sin sitt över under mycket",
    ),
    (
        Danish,
        "og at det som en et er den af for på med ikke til i om har han hun de vi jeg du fra var kan så skal når eller men \
         hvordan hvad hvem også efter ved bliver blive alle denne dette sig sin sit over under meget hvor blev være",
    ),
    (
        Norwegian,
        "og å det som en et er den av for på med ikke til i om har han hun de vi jeg du fra var kan så skal når eller men \
         hvordan hva hvem også etter ved blir bli alle denne dette seg sin sitt over under mye hvor ble være",
    ),
    (
        Finnish,
        "ja on ei se että hän oli olla ovat mutta kun niin myös kuin tai jos vain joka jotka mitä mikä kuka missä miten sen \
         sitä hänen ole tämä tämän nämä ne he me minä sinä voi vaan sekä jo nyt",
    ),
    (
        Hungarian,
        "a az és hogy nem is egy van volt ez azt meg de csak már ha mint vagy mert még el ki mi ami aki amely lehet kell \
         lesz után szerint között minden ezt ő én te sem pedig hol mikor",
    ),
    (
        Romanian,
        "și si în in de la cu pe un o nu este sunt care din pentru că ca mai sau dar a al ale ai au fost fi se ce cum cine \
         unde când acest această acesta lui ei lor prin după până dacă foarte",
    ),
    (
        Turkish,
        "ve bir bu da de için ile ne mi mı mu mü o daha çok gibi kadar olarak olan sonra ama ya veya ki en her değil var yok \
         ben sen biz siz onlar nasıl nerede kim neden oldu olur",
    ),
    (
        Russian,
        "и в не на что с по как это к но он она они мы вы я за из у от о так же для или бы до если его её их был была были \
         быть есть где кто когда чтобы также при этот эта эти",
    ),
    (
        Greek,
        "και το του της η ο οι τα των στο στη στην στον με για από να που δεν είναι ένα ένας μια μία θα την τον τους τις ως \
         ή αν αλλά πως ποιος πού πότε αυτό αυτή",
    ),
    (
        Other,
        "w i z na do się nie jest że to jak o po za od przez dla ale czy są było był być który która które ma może tylko \
         także gdzie kto",
    ),
    (
        Other,
        "a se na je v že to s z do o i pro k ale jako za by jsem jsou byl byla bylo být které který která nebo jen také co \
         kde kdo jak podle při",
    ),
    (
        Other,
        "i je u na da se su za od s o kao što koji koja koje ne bio bila bilo biti nije ili ali iz po do sa gdje tko kako \
         samo više",
    ),
    (
        Other,
        "và là của có không được cho một các trong với những này đã người như khi để từ cũng đến ở về ra nhưng thì",
    ),
    (
        Other,
        "yang dan di dengan untuk tidak ini itu dari dalam akan pada juga adalah oleh ke karena atau seperti bisa ada \
         telah mereka saya",
    ),
    (
        Other,
        "el la els les un una de del dels i que en és per amb no es al als com més o però ha han va són aquest aquesta \
         quan molt sense sobre també hi entre des fins on què qui",
    ),
    (
        Other,
        "і в не на що з як це до але він вона вони ми ви я за із у від о так же для або би якщо його її їх був була були \
         бути є де хто коли також при цей ця",
    ),
    (
        Other,
        "и в не на че с по как това към но той тя те ние вие аз за от до ако го са беше бъде е или да се който която които \
         къде кой кога също при този тази",
    ),
];
