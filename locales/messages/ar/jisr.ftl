### ما تقوله أداة الميدان jisr.

## النتائج
jisr-edited = تم التعديل وحُفظ في هذا الجهاز.
jisr-unchanged = لا فرق: لم يتغير شيء.
jisr-enrolled = هذا الجهاز تابع الآن لـ { $unit }.
jisr-recorded-at = كان ذلك في { $time }.
jisr-synced = أُرسل { $sent }، واستُقبل { $received }.
jisr-synced-carried = من أجهزة أخرى، أجاب الخادم عن: { $n }
jisr-synced-files = الملفات المحمولة المسلمة: { $n }
jisr-synced-files-refused = ملفات محمولة لا يستطيع الخادم استعمالها: { $n }. لم تعد محمولة؛ كل شيء باق عند من صدّرها ويمكنه التصدير من جديد.
jisr-synced-files-waiting = ملفات محمولة لم تُسلّم بعد: { $n }. هي محفوظة هنا وتُعاد المحاولة في المزامنة القادمة.
jisr-synced-aside = وُضع جانبا للمراجعة: { $n }.
jisr-settled = تم الحسم وحُفظ في هذا الجهاز.
jisr-logged-out = لم يعد هذا الجهاز تابعا لأي خدمة.
jisr-never = أبدا
jisr-last-success = آخر إرسال ناجح: { $time }
jisr-drafts =
    { $n ->
        [zero] لا مسودات
        [one] مسودة واحدة في هذا الجهاز فقط
        [two] مسودتان في هذا الجهاز فقط
        [few] { $n } مسودات في هذا الجهاز فقط
        [many] { $n } مسودة في هذا الجهاز فقط
       *[other] { $n } مسودة في هذا الجهاز فقط
    }
jisr-day = أرقام { $day } حسب هذا الجهاز
jisr-day-own = لا تشمل ما في الأجهزة الأخرى. في الانتظار هنا: { $n }.
jisr-history = السجل
jisr-conflict = { $field }: وضع عدة أشخاص قيما مختلفة:
jisr-aside-because = وُضع جانبا: { $reason }
jisr-removed = حُذف
jisr-yes = نعم
jisr-no = لا
jisr-kept = حُفظ في هذا الجهاز: { $id }
jisr-kept-draft = حُفظت المسودة في هذا الجهاز فقط: { $id }. لإتمامها: jisr finish { $id }
jisr-kept-person = حُفظ الشخص في هذا الجهاز: { $id }
jisr-kept-referral = حُفظت الإحالة في هذا الجهاز: { $id }
jisr-kept-follow-up = حُفظ التتبع في هذا الجهاز: { $id }
jisr-finished = صارت المسودة تسجيلا محفوظا في هذا الجهاز وسيُرسل: { $id }
jisr-discarded = حُذفت المسودة.
jisr-discard-sure = هل تحذف المسودة { $id }؟ لا يمكن استرجاعها.
jisr-discard-not = لم تُحذف: المسودة في مكانها.
jisr-draft-ready = هي مسودة ولا ينقصها شيء. لإتمامها: jisr finish { $id }
jisr-draft-lacks = هي مسودة وينقصها: { $what }. بعد ذلك: jisr finish { $id }
jisr-shift-started = فُتحت الجولة وحُفظت في هذا الجهاز: { $id }
jisr-shift-ended = أُنهيت الجولة وحُفظت في هذا الجهاز: { $id }
jisr-shift-day = تُحسب هذه الجولة ليوم { $day }.
jisr-none = لم يُعثر على شيء.
jisr-none-follow-ups = لا تتبع في الانتظار.
jisr-none-conflicts = لا قيم مختلفة تنتظر الحسم.
jisr-store = المجلد: { $store }
jisr-between = { "، " }
jisr-in-line = السطر { $n }:
jisr-safe-lines = حُفظت في هذا الجهاز التسجيلات التي قبله ({ $n })، لا تُعِد كتابتها: { $ids }
jisr-keep-held = في هذا الجهاز: { $n } سجلا من { $records } على الأكثر، { $megabytes } م.ب
jisr-keep-rule = ما مضى عليه أكثر من { $days } يوما وأُغلق وهو في نسخة احتياطية للخادم يغادر هذا الجهاز؛ وما زاد على { $records } سجل يغادر قبل ذلك.
jisr-keep-left =
    { $n ->
        [zero] لم يغادر أي سجل.
        [one] غادر سجل واحد. هو عند الخادم: jisr recall ID
        [two] غادر سجلان. هما عند الخادم: jisr recall ID
        [few] غادرت { $n } سجلات. هي عند الخادم: jisr recall ID
        [many] غادر { $n } سجلا. هي عند الخادم: jisr recall ID
       *[other] غادر { $n } سجل. هي عند الخادم: jisr recall ID
    }
jisr-keep-nearly-full = في هذا الجهاز سجلات كثيرة قد تجعله بطيئا. زامن؛ وإن بقي كذلك فاسأل في المركز هل ينجز الخادم نسخه الاحتياطية: إلى ذلك الحين لا يغادر شيء. لا يضيع شيء بذلك.
jisr-recalled-here = { $id } موجود في هذا الجهاز: jisr show { $id }
jisr-recalled = سيأتي { $id } مع المزامنة القادمة: jisr sync
jisr-day-left =
    { $n ->
        [zero] لم يغادر هذا الجهاز أي سجل لهذا اليوم.
        [one] غادر هذا الجهاز سجل واحد لهذا اليوم وليس في هذه الأرقام. الخادم يحسبه.
        [two] غادر هذا الجهاز سجلان لهذا اليوم وليسا في هذه الأرقام. الخادم يحسبهما.
        [few] غادرت هذا الجهاز { $n } سجلات لهذا اليوم وليست في هذه الأرقام. الخادم يحسبها.
        [many] غادر هذا الجهاز { $n } سجلا لهذا اليوم وليست في هذه الأرقام. الخادم يحسبها.
       *[other] غادر هذا الجهاز { $n } سجل لهذا اليوم وليست في هذه الأرقام. الخادم يحسبها.
    }
jisr-day-nothing = لا شيء مسجل لهذا اليوم في هذا الجهاز.

## حالة التسجيل
jisr-state-draft = مسودة
jisr-state-here = في هذا الجهاز
jisr-state-sending = قيد الإرسال
jisr-state-server = في الخادم
jisr-state-aside = يحتاج إلى مراجعة

## الحالة
jisr-strip-not-enrolled = هذا الجهاز غير مسجل.
jisr-strip-all-sent = كل شيء أُرسل.
jisr-strip-waiting =
    { $n ->
        [zero] لا شيء في الانتظار
        [one] تسجيل واحد في الانتظار
        [two] تسجيلان في الانتظار
        [few] { $n } تسجيلات في الانتظار
        [many] { $n } تسجيلًا في الانتظار
       *[other] { $n } تسجيل في الانتظار
    }
jisr-strip-sending = جارٍ الإرسال { $n }
jisr-strip-no-connection = لا يوجد اتصال — محفوظ في هذا الجهاز ({ $n })
jisr-strip-paused = الإرسال متوقف ({ $n })
jisr-strip-attention = تحتاج إلى مراجعة: { $n }
jisr-strip-revoked = هذا الجهاز لم يعد مسجلا: لا يستقبل شيئا. كل تسجيلاته تبقى هنا.

## المتابعة
jisr-follow-up-open = مفتوحة
jisr-follow-up-due = حان وقتها
jisr-follow-up-late = متأخرة
jisr-follow-up-done = أُنجزت
jisr-follow-up-done_late = أُنجزت متأخرة
jisr-follow-up-cancelled = ملغاة

## الأعطال: ما الخطأ وما العمل. ما يبقى آمنا واحد في كل الحالات.
jisr-safe = كل ما سُجل من قبل محفوظ في هذا الجهاز، في { $store }
jisr-fail-offline = لم يتم الوصول إلى الخادم.
jisr-fail-offline-next = واصل التسجيل، وأعد المحاولة حيث توجد شبكة: jisr sync
jisr-fail-interrupted = انقطع الاتصال في الطريق.
jisr-fail-interrupted-next = ما وصل محسوب. أعد المحاولة: jisr sync
jisr-fail-busy = الخادم مشغول.
jisr-fail-busy-next = أعد المحاولة بعد دقائق: jisr sync
jisr-fail-revoked = هذا الجهاز لم يعد مسجلا.
jisr-fail-revoked-next = اتصل بالمشرف. لا يُحذف شيء هنا.
jisr-fail-not-enrolled = هذا الجهاز غير مسجل بعد.
jisr-fail-not-enrolled-next = اطلب رابطا أو رمزا: jisr enrol 'LINK'. وإلى ذلك الحين احفظ مسودات: jisr record --draft
jisr-fail-already-enrolled = هذا الجهاز مسجل من قبل.
jisr-fail-already-enrolled-next = لتسجيله في مكان آخر أرسل كل شيء (jisr sync) ثم: jisr logout
jisr-fail-code-refused = لم يُقبل الرمز: خطأ في الكتابة أو مستعمل أو قديم.
jisr-fail-code-refused-next = تحقق منه أو اطلب رمزا جديدا.
jisr-fail-bad-address = { $what } ليس عنوان خادم، أو أنه غير مشفر.
jisr-fail-bad-address-next = اكتب العنوان كما أُعطي لك، مثل https://jisr.example.org
jisr-fail-update-needed = هذه النسخة ونسخة الخادم لا تتفاهمان.
jisr-fail-update-needed-next = حدّث jisr ثم: jisr sync
jisr-fail-clock-wrong = ساعة هذا الجهاز بعيدة عن الصواب.
jisr-fail-clock-wrong-next = اضبط الساعة ثم: jisr sync
jisr-fail-refused = رفض الخادم: { $what }
jisr-fail-refused-next = بلّغ المشرف بهذه الرسالة.
jisr-fail-protocol = لم يُفهم جواب الخادم.
jisr-fail-protocol-next = تحقق من العنوان وحدّث jisr ثم: jisr sync
jisr-fail-invalid = { $what }: { $meant }
jisr-fail-invalid-next = لم يُحفظ شيء من هذا الأمر. صحّح، أو احفظ مسودة: ‎--draft
jisr-fail-not-found = لا يوجد { $what } في هذا الجهاز.
jisr-fail-not-found-next = ابحث عنه: jisr list, jisr find. إن كان في جهاز آخر: jisr sync
jisr-fail-left = { $what } قديم وقد غادر هذا الجهاز. هو عند الخادم.
jisr-fail-left-next = لاستعادته هنا: jisr recall { $what } ثم jisr sync
jisr-fail-not-granted = { $what } سجل لوحدة أو إقليم لم يعد هذا الجهاز تابعا له.
jisr-fail-not-granted-next = لم يُحفظ شيء. سجّل دون ذكر ذلك السجل، أو كشخص جديد.
jisr-fail-logout-asks = سيغادر { $what } سجلا هذا الجهاز. الخادم لديه الكل.
jisr-fail-logout-asks-next = قد لا تحتوي النسخة الاحتياطية للخادم على أحدثها بعد: انتظر واحدة إن أمكن. ثم: jisr logout --yes، واطلب إلغاء الجهاز في المركز.
jisr-fail-unreadable = لا يُقرأ: { $what }
jisr-fail-unreadable-next = حدّث jisr لتراه.
jisr-fail-written-once = لا يُعدّل بعد الإنشاء: { $what }
jisr-fail-written-once-next = هذا الحقل يُكتب عند الإنشاء. أضف ملاحظة بدلا من ذلك.
jisr-fail-remark-rewritten = ما كُتب لا يُعدّل: { $what }
jisr-fail-remark-rewritten-next = الملاحظات تُضاف فقط: أضف ملاحظة أخرى.
jisr-fail-text-too-long = { $what }: النص أطول من { $value } حرفا.
jisr-fail-text-too-long-next = لم يُحفظ شيء من هذا الأمر. اختصره أو اكتب ملاحظتين.
jisr-fail-not-concurrent = ليست هذه من القيم التي وُضعت.
jisr-fail-not-concurrent-next = انظر إليها من جديد: jisr conflicts
jisr-fail-unsent = { $what } من التسجيلات لم تُرسل بعد وستضيع. لم يتغير شيء.
jisr-fail-unsent-next = أرسلها أولا: jisr sync. المسودات (jisr list --drafts) تُتم أو تُحذف: jisr finish ID أو jisr discard ID
jisr-fail-store-in-use = برنامج آخر فتح المخزن { $store }.
jisr-fail-store-in-use-next = أغلق الآخر أو انتظر لحظة ثم أعد المحاولة.
jisr-fail-store-full = القرص ممتلئ.
jisr-fail-store-full-next = لم يُحفظ شيء من هذا الأمر. أفرغ مساحة ثم أعد المحاولة.
jisr-fail-store-newer = المخزن { $store } كتبته نسخة أحدث.
jisr-fail-store-newer-next = تُرك كما هو. حدّث jisr.
jisr-fail-store-damaged = المخزن { $store } تالف: { $what }
jisr-fail-store-damaged-next = انسخ المجلد إلى مكان آخر واتصل بالمشرف. لا تحذف شيئا.
jisr-fail-store-no-access = لا يمكن استعمال { $store }: لا يحق لهذا الحساب الكتابة فيه، أو ليس مجلدا.
jisr-fail-store-no-access-next = لم يتغير فيه شيء. استعمل الحساب الذي يملكه، أو مجلدا آخر: --store FOLDER
jisr-fail-store-failed = تعطل المخزن { $store }: { $what }
jisr-fail-store-failed-next = انظر هل التسجيل موجود (jisr list) قبل أن تكتبه من جديد.
jisr-fail-unknown-field = لا يوجد حقل { $what }. ربما: { $meant }
jisr-fail-unknown-field-next = لم يُحفظ شيء من هذا التسجيل. صحّح الاسم وأعد المحاولة.
jisr-fail-unknown-code = { $value } ليس من رموز { $what }. ربما: { $meant }
jisr-fail-unknown-code-next = لم يُحفظ شيء من هذا التسجيل. صحّح الرمز وأعد المحاولة.
jisr-fail-not-an-object = التسجيل كائن مثل { "{" }"outcome": "engaged"{ "}" }.
jisr-fail-not-an-object-next = لم يُحفظ شيء من هذا التسجيل. صحّح وأعد المحاولة.
jisr-fail-no-open-shift = لا توجد جولة مفتوحة.
jisr-fail-no-open-shift-next = انظر الجولات: jisr list shifts
jisr-fail-shift-of-other = الجولة المفتوحة بدأت على جهاز آخر: { $what }
jisr-fail-shift-of-other-next = إن كان عليك إنهاؤها: jisr shift end --tour { $what }
jisr-fail-shift-open = توجد جولة مفتوحة: { $what }
jisr-fail-shift-open-next = أنهها أولا: jisr shift end
jisr-fail-enrol-offline = لا يجيب أي خادم في { $what }.
jisr-fail-enrol-offline-next = تحقق من العنوان والشبكة ثم أعد الأمر نفسه. وإلى ذلك الحين احفظ مسودات: jisr record --draft
jisr-fail-enrol-not-jisr = ما يجيب في { $what } ليس خادم Jisr.
jisr-fail-enrol-not-jisr-next = انسخ الرابط كله كما أُعطي لك، بين علامتي اقتباس: jisr enrol 'https://…/enrol#CODE'
jisr-fail-no-code = لا يوجد رمز بجانب العنوان { $what }.
jisr-fail-no-code-next = ضع الرابط كله بين علامتي اقتباس، أو اكتب الرمز بعده: jisr enrol { $what } CODE
jisr-fail-argument = { $value } لا يصلح لـ { $what }. المنتظر: { $meant }
jisr-fail-argument-next = لم يُحفظ شيء من هذا الأمر. صحّح القيمة وأعد المحاولة.
jisr-fail-too-many = { $value } عدد أكبر مما يُقبل لـ { $what }: { $meant } على الأكثر.
jisr-fail-too-many-next = لم يُحفظ شيء من هذا الأمر. صحّح العدد وأعد المحاولة.
jisr-fail-not-json = لا يُقرأ كـ JSON عند { $what }.
jisr-fail-not-json-next = مثال: { "{" }"outcome": "engaged"{ "}" }. انظر: jisr record --help
jisr-fail-future = { $what }: الوقت { $value } لم يحن بعد؛ ساعة هذا الجهاز { $meant }. يُقبل فرق 5 دقائق على الأكثر.
jisr-fail-future-next = لم يُحفظ شيء من هذا الأمر. صحّح الوقت، أو ساعة الجهاز.
jisr-fail-lacks = ينقص: { $what }
jisr-fail-lacks-next = لم يُحفظ شيء من هذا الأمر. أضف ما ينقص، أو احفظ مسودة: ‎--draft
jisr-fail-draft-lacks = ينقص هذه المسودة: { $what }
jisr-fail-draft-lacks-next = أضفه: jisr edit { $value } …، ثم: jisr finish { $value }
jisr-fail-not-a-draft = { $value } ليس مسودة: لا يُتم ولا يُحذف.
jisr-fail-not-a-draft-next = انظر المسودات: jisr list --drafts. ولإلغاء تسجيل: jisr edit { $value } --void duplicate
jisr-fail-draft-named = مسودة لقاء تذكر هذا الشخص: { $value }
jisr-fail-draft-named-next = لم يُحذف شيء. احذف اللقاء فيُحذف معه: jisr discard { $value }
jisr-fail-discard-ask = لم يُؤكد حذف المسودة.
jisr-fail-discard-ask-next = لم يُحذف شيء. للتأكيد: jisr discard { $value } --yes
jisr-fail-place-both = ذُكر مكان وذُكر أن المكان غير معروف.
jisr-fail-place-both-next = لم يُحفظ شيء من هذا الأمر. احذف أحدهما.
jisr-fail-referral-nobody = الإحالة لا تذكر أحدا.
jisr-fail-referral-nobody-next = لم يُحفظ شيء من هذا الأمر. اذكر الشخص أو اللقاء: ‎--person أو ‎--encounter
jisr-fail-ambiguous = { $value } قد يعني عدة تسجيلات:{ $meant }
jisr-fail-ambiguous-next = أعد الأمر بمعرّف أطول.
jisr-fail-wrong-kind = { $value } لا يصلح لـ { $what }. ما هو، وما المنتظر: { $meant }
jisr-fail-wrong-kind-next = لم يُحفظ شيء من هذا الأمر. ابحث عنه: jisr list, jisr find
jisr-fail-short-code-slip = { $value } ليس رمزا قصيرا صحيحا: أحد رموزه خطأ.
jisr-fail-short-code-slip-next = تحقق منه، أو ابحث بالاسم: jisr find
jisr-fail-unknown-person = لا يُعرف في هذا الجهاز شخص باسم { $value } ({ $what }).
jisr-fail-unknown-person-next = إن سُجل في جهاز آخر فخذه أولا: jisr sync. وإلا فسجّل دون ‎--person، أو ‎--person new
jisr-fail-not-an-id = { $what }: ما كُتب ليس معرّفا ولا رمزا قصيرا.
jisr-fail-not-an-id-next = لم يُحفظ شيء من هذا الأمر. ابحث عنه: jisr list, jisr find
jisr-fail-alias-alone = { $what } لشخص جديد فقط.
jisr-fail-alias-alone-next = لم يُحفظ شيء من هذا الأمر. أضف ‎--person new
jisr-fail-edit-json = هذا التسجيل ({ $what }) يُعدّل بـ JSON فقط.
jisr-fail-edit-json-next = لم يتغير شيء. انظر حقوله: jisr show { $value } --json، ثم: jisr edit { $value } --json -
jisr-fail-edit-new-person = { $what } لا يصلح عند تعديل لقاء.
jisr-fail-edit-new-person-next = لم يتغير شيء. أضف الشخص أولا: jisr person add، ثم: jisr edit … --person
jisr-fail-edit-which-person = في هذا اللقاء { $value } أشخاص: لا يُعرف أيهم.
jisr-fail-edit-which-person-next = لم يتغير شيء. استعمل jisr edit … --json - مع مفتاح الشخص كما تعرضه jisr show … --json
jisr-fail-flag-not-of-kind = { $what } لا يصلح لـ: { $meant }
jisr-fail-flag-not-of-kind-next = لم يتغير شيء. احذفه وأعد المحاولة.
jisr-fail-no-conflict = لا قيم مختلفة في { $value }.
jisr-fail-no-conflict-next = انظر: jisr conflicts
jisr-fail-no-conflict-field = { $value } ليس من الحقول المختلفة. هي: { $meant }
jisr-fail-no-conflict-field-next = لم يتغير شيء. انظر: jisr conflicts
jisr-fail-no-conflict-value = ليست هذه من القيم التي وُضعت في { $what }.
jisr-fail-no-conflict-value-next = لم يتغير شيء. انظر: jisr conflicts
jisr-fail-ends-before-start = { $what }: { $value } قبل بداية الجولة، { $meant }.
jisr-fail-ends-before-start-next = لم يُحفظ شيء من هذا الأمر. صحّح الوقت وأعد المحاولة.
jisr-fail-no-home = لا يُعرف مجلد بيانات المستعمل.
jisr-fail-no-home-next = اذكر مجلدا: jisr --store FOLDER أو JISR_STORE
jisr-fail-store-elsewhere = التسجيلات في { $what }، وصار مكانها المعتاد { $meant }. لم يُفتح شيء.
jisr-fail-store-elsewhere-next = انقلها: mv { $what } { $meant } أو استعمل: jisr --store { $what }
jisr-fail-broken-off = توقفت الأسئلة. لم تُحفظ الأجوبة.
jisr-fail-broken-off-next = ابدأ من جديد: jisr record
jisr-fail-no-file = لا يوجد ملف { $what }.
jisr-fail-no-file-next = صحّح اسم الملف؛ - يعني ما يُكتب أو يُمرر.
jisr-fail-io = تعذر استعمال { $what }: { $meant }
jisr-fail-io-next = تحقق ثم أعد المحاولة.
jisr-fail-other = لم ينجح: { $what }
jisr-fail-other-next = أعد المحاولة؛ وإن لم ينجح مرة أخرى فبلّغ المشرف بهذه الرسالة.

## أرقام اليوم
jisr-figure-tours = الجولات
jisr-figure-tour_hours = ساعات الجولات
jisr-figure-staff_hours = ساعات الفريق
jisr-figure-kilometres = الكيلومترات
jisr-figure-encounters = اللقاءات
jisr-figure-contacts = الاتصالات
jisr-figure-attempts = المحاولات
jisr-figure-refusals = حالات الرفض
jisr-figure-known_persons = أشخاص معروفون
jisr-figure-persons_met = أشخاص تمت ملاقاتهم
jisr-figure-new_persons = أشخاص جدد
jisr-figure-returning_persons = أشخاص تكررت ملاقاتهم
jisr-figure-minors = القاصرون
jisr-figure-minors_by_band = القاصرون حسب السن
jisr-figure-unaccompanied_minors = قاصرون غير مرافقين
jisr-figure-women = النساء
jisr-figure-older_persons = المسنون
jisr-figure-persons_with_disability = أشخاص في وضعية إعاقة
jisr-figure-sleeping_rough = ينامون في العراء، جولات الليل
jisr-figure-observed = شوهدوا ولم يُقترب منهم
jisr-figure-services = الخدمات
jisr-figure-items = مواد قُدمت
jisr-figure-persons_served = أشخاص استفادوا
jisr-figure-referrals = الإحالات
jisr-figure-shelter_placements = الإيواء
jisr-figure-family_returns = العودة إلى الأسرة
jisr-figure-follow_ups = التتبع
jisr-figure-by_hour = حسب الساعة
jisr-figure-quality = للتحقق

## أجزاء الأرقام
jisr-range = { $least } على الأقل و{ $most } على الأكثر
jisr-headcount = { $known } معروفون و{ $unknown } غير معروفين
jisr-headcount-unknown = { $unknown } غير معروفين
jisr-hours = { $hours } س { $minutes } د
jisr-part-planned = مبرمجة
jisr-part-made = أُنجزت
jisr-part-cancelled = أُلغيت
jisr-part-cancelled_by_reason = أسباب الإلغاء
jisr-part-broken_off = قُطعت
jisr-part-open = مفتوحة
jisr-part-not_opened = لم تُفتح
jisr-part-open_tours = جولات لم تنته بعد:
jisr-part-unmeasured_tours = جولات لم تُقس:
jisr-part-kilometres = المسافة بالكيلومتر
jisr-part-tours_without = جولات بلا مسافة
jisr-part-engaged = مع حوار
jisr-part-brief = قصيرة
jisr-part-not_found = لم يُعثر عليهم
jisr-part-not_approached = لم يُقترب منهم لأسباب أمنية
jisr-part-asleep = نائمون
jisr-part-out_of = من مجموع
jisr-part-encounters = لقاءات
jisr-part-known_persons = أشخاص معروفون
jisr-part-persons = أشخاص
jisr-part-undetermined = غير محدد
jisr-part-came_back = عادوا بعد غياب طويل
jisr-part-certain = مؤكدون
jisr-part-possible = محتملون
jisr-part-age_unknown = سن غير معروف
jisr-part-from_0_to_5 = 0–5 سنوات
jisr-part-from_6_to_11 = 6–11 سنة
jisr-part-from_12_to_14 = 12–14 سنة
jisr-part-from_15_to_17 = 15–17 سنة
jisr-part-unsure = بلا فئة مؤكدة
jisr-part-minors = قاصرون
jisr-part-contradictory = متناقضة
jisr-part-given = أُعطي
jisr-part-used_from_stock = خرج من المخزون
jisr-part-group_acts = خدمات للمجموعة
jisr-part-accompanied = بمرافقة
jisr-part-by_destination = حسب الوجهة
jisr-part-confirmed = مؤكدة لاحقا
jisr-part-due = مستحقة
jisr-part-on_time = في الوقت
jisr-part-late = متأخرة
jisr-part-done_undated = أُنجزت بلا تاريخ
jisr-part-voided = ملغاة
jisr-part-drafts = بلا نتيجة
jisr-part-possible_duplicates = تكرار محتمل
jisr-part-clock_suspects = ساعة خاطئة
jisr-part-shift_unknown = جولة غير معروفة
jisr-part-conflicted = قيم مختلفة
jisr-part-set_aside = وُضعت جانبا
jisr-part-unreadable = لا تُقرأ

## ما يُنتظر في خانة
jisr-expect-age = سن مثل 12 أو 10-14 أو 18+، إلى 120
jisr-expect-time = وقت مثل 22:14 أو "2026-11-23 22:14"
jisr-expect-keep-days = عدد أيام من 7 إلى 3650
jisr-expect-keep-records = عدد سجلات من 500 إلى 100000
jisr-expect-day = يوم مثل 2026-11-23
jisr-expect-address = عنوان ورمز كما يعرضهما jisr van share، مثل 192.168.1.20:7646 7KQ2-M9XD
jisr-expect-count = رمز وعدد مثل meal=2
jisr-expect-quantity = عدد من 1 إلى 10000
jisr-expect-position = موقع مثل geo:32.3394,-6.3608;u=12
jisr-expect-id = معرّف كما تعرضه jisr list
jisr-expect-millis = عدد أجزاء الألف من الثانية منذ 1970
jisr-expect-bool = ‎true أو false
jisr-expect-number = عدد صحيح غير سالب
jisr-expect-staff = مرجع قصير للعامل مثل fz2
jisr-expect-json = قيمة كما تعرضها jisr show ID --json
jisr-expect-crew = عضو مثل fz2 أو fz2=nurse

## الأسئلة
jisr-ask-how = الأسهم للتنقل، المسافة للاختيار، Enter للمتابعة؛ الفارغ يُتجاوز. Ctrl-C للتوقف.
jisr-ask-one = { $field } (الأسهم ثم Enter)
jisr-ask-several = { $field } (المسافة للاختيار، Enter للمتابعة أو التجاوز)
jisr-ask-who = من؟ (الأسهم ثم Enter)
jisr-who-new = شخص جديد يُحتفظ به باسم مستعار
jisr-who-known = شخص معروف
jisr-who-unknown = شخص لن يُتعرف عليه مرة أخرى
jisr-who-again = البحث من جديد
jisr-ask-known = اسمه المستعار أو رمزه القصير
jisr-ask-which = أي واحد؟ (الأسهم ثم Enter)
jisr-ask-age = السن: 12 أو 10-14 أو 18+ (فارغ: غير معروف)
jisr-ask-alias = ينادى بـ (فارغ: تجاوز)
jisr-ask-place = المكان بالكلمات، أو ? إن لم يُعرف
jisr-ask-place-empty = اكتب المكان، أو ? إن لم يُعرف
jisr-ask-note = ملاحظة دون أسماء (فارغ: تجاوز)
jisr-ask-quantity = { $thing }: كم؟ (فارغ: 1)
jisr-ask-too-long = أطول من { $n } حرفا
jisr-ask-keep-draft = توقفت. هل تُحفظ الأجوبة كمسودة؟

## دون خادم: لقاءات الأجهزة وملفات النقل
jisr-strip-handed-over = منها { $n } موجودة أيضا في أجهزة أخرى ({ $devices }). تبقى في الانتظار هنا حتى تصل إلى الخادم.
jisr-strip-carried = محمولة لأجهزة أخرى: { $n }
jisr-strip-carried-files = ملفات محمولة يجب تسليمها: { $n }. عند توفر اتصال: jisr sync
jisr-strip-carried-nearly-full = لم يبق إلا مكان قليل لما يسلمه الآخرون: اتصل بالخادم قريبا.
jisr-state-carried = محمول لجهاز آخر
jisr-van-listening = على الجهاز الآخر: jisr van join { $address } { $code }
jisr-van-waits = ينتظر جهازا واحدا مدة { $minutes } دقائق. يمكن استعمال الأوامر الأخرى في الأثناء؛ للإنهاء: Ctrl-C.
jisr-van-met = تم اللقاء بجهاز من { $unit }: أُعطي { $given }، واستُقبل { $received }.
jisr-van-full = لم يتسع المكان للكل. ما لم يتسع له بقي حيث كان.
jisr-van-share-full = يحتفظ أحد الجهازين للآخر بأقصى ما يمكنه، فلم يُؤخذ المزيد. ما لم يُؤخذ بقي حيث كان؛ ليتصل الجهاز الذي يحتفظ به بالخادم.
jisr-van-too-old = لم يُؤخذ: { $n }. بحسب ساعة الجهاز الذي كان سيأخذها لم يتصل كاتبها بالخادم منذ مدة طويلة. بقيت حيث كانت. ساعة هذا الجهاز تقول { $now }: هل الساعة صحيحة على الجهازين؟
jisr-van-still-waits = يبقى كل شيء في الانتظار هنا حتى يصل إلى الخادم نفسه.
jisr-carry-exported = في { $file } من التغييرات { $n }، ولا يفتحه إلا الخادم.
jisr-carry-left = لم يتسع الملف لعدد { $n } من التغييرات: استورد هذا الملف أولا، ثم صدّر من جديد بعد المزامنة.
jisr-carry-nothing = لا شيء للحمل: كل ما هنا عند الخادم. لم يُكتب أي ملف.
jisr-carry-taken = أُخذ معك { $n } من التغييرات، وستُسلّم في المزامنة القادمة.
jisr-fail-carried-full = المحمول للآخرين كثير ولم يبق مكان للمزيد.
jisr-fail-carried-full-next = كل شيء باق في الجهاز الآخر. اتصل بالخادم (jisr sync) ثم أعد المحاولة.
jisr-fail-carried-share = المحفوظ للجهاز الذي سلّم هذا كثير فلا يُؤخذ منه المزيد.
jisr-fail-carried-share-next = كل شيء باق عنده. اتصل بالخادم (jisr sync) ثم أعد المحاولة.
jisr-fail-van-no-credentials = لم يعرّف الخادم بهذا الجهاز للأجهزة الأخرى بعد.
jisr-fail-van-no-credentials-next = زامن مرة واحدة حيث توجد شبكة: jisr sync
jisr-fail-van-not-found = لا يوجد جهاز ينتظر في هذا العنوان.
jisr-fail-van-not-found-next = هل الجهازان في شبكة واحدة؟ شغّل هناك jisr van share واكتب العنوان والرمز كما يظهران.
jisr-fail-van-code = الرمز المستعمل لمرة واحدة مختلف.
jisr-fail-van-code-next = كل رمز صالح للقاء واحد. انظر إلى الشاشة الأخرى من جديد.
jisr-fail-van-share-over = لم ينضم أحد في الوقت المحدد. لم يُعط شيء ولم يُؤخذ شيء.
jisr-fail-van-share-over-next = لرمز جديد: jisr van share
jisr-fail-van-tries = محاولات كثيرة برمز مختلف: لم يعد هذا الرمز صالحا. لم يُعط أصحابها شيئا.
jisr-fail-van-tries-next = هل يوجد أحد غيركم على هذه الشبكة؟ لرمز جديد: jisr van share
jisr-fail-van-stranger = الجهاز الآخر ليس من هذه الخدمة. لم يُعط شيئا ولم يُؤخذ منه شيء.
jisr-fail-van-stranger-next = سجّله أولا لدى الخادم نفسه.
jisr-fail-van-stale = بحسب ساعة هذا الجهاز لم يتصل الجهاز الآخر بالخادم منذ مدة طويلة فلا يمكن الوثوق به.
jisr-fail-van-stale-next = هل ساعة هذا الجهاز صحيحة؟ إن كانت صحيحة فخذ ملفا (jisr carry export)، أو دع الجهاز الآخر يزامن أولا.
jisr-fail-van-unproven = أحضر الجهاز الآخر ما لا يثبت شيئا. ما جاء قبله محفوظ.
jisr-fail-van-unproven-next = أخبر المسؤول عن الخدمة أي جهاز كان.
jisr-fail-carry-file-foreign = هذا ليس ملف نقل.
jisr-fail-carry-file-foreign-next = اختر ملفا كتبه الأمر: jisr carry export
jisr-fail-carry-file-damaged = ملف النقل تالف: { $what }.
jisr-fail-carry-file-damaged-next = لم يُؤخذ شيء. كل شيء باق في الجهاز الذي كتبه: صدّره من جديد.
jisr-fail-carry-file-newer = كتبت نسخة أحدث ملف النقل.
jisr-fail-carry-file-newer-next = حدّث هذا البرنامج، أو احمل الملف إلى الخادم نفسه.
jisr-fail-carry-file-other-server = ملف النقل لخادم آخر.
jisr-fail-carry-file-other-server-next = أعطه لجهاز من تلك الخدمة.
