### Labels of the code lists, in Arabic. Keys: <list>-<code>.
### To be reviewed by a Moroccan social worker before use.

## contact_mode
contact_mode-in_person = لقاء مباشر
contact_mode-phone = عبر الهاتف
contact_mode-observed = ملاحظة عن بعد فقط

## contact_outcome
contact_outcome-engaged = تم التواصل والحوار
contact_outcome-brief = تواصل قصير
contact_outcome-refused = رفض التواصل
contact_outcome-not_found = لم يتم العثور على الشخص
contact_outcome-asleep = نائم ولم يتم إيقاظه
contact_outcome-unable = تعذر التواصل
contact_outcome-unsafe = لم تتم المقاربة لأسباب أمنية
contact_outcome-observed = تمت الملاحظة فقط

## contact_origin
contact_origin-patrol = لقاء خلال الجولة الميدانية
contact_origin-follow_up = تتبع مبرمج
contact_origin-citizen = تبليغ من مواطن
contact_origin-hotline = رقم الاتصال
contact_origin-authority = السلطة المحلية
contact_origin-security = الأمن الوطني / الدرك الملكي
contact_origin-prosecutor = النيابة العامة
contact_origin-partner = جمعية أو مؤسسة
contact_origin-health = مصلحة صحية
contact_origin-self = طلب من الشخص المعني
contact_origin-family = طلب من الأسرة

## legal_basis
legal_basis-tally_only = إحصاء دون معطيات شخصية
legal_basis-consent_self = موافقة الشخص المعني
legal_basis-consent_guardian = موافقة الولي أو الوصي
legal_basis-assent_child = قبول الطفل
legal_basis-best_interest = المصلحة الفضلى للطفل
legal_basis-vital = حماية الحياة
legal_basis-legal_duty = التزام قانوني
legal_basis-refused = رفض
legal_basis-pending = لم يطلب بعد

## observed_group
observed_group-men = رجال
observed_group-women = نساء
observed_group-boys = أطفال ذكور
observed_group-girls = طفلات
observed_group-unknown = غير محدد

## void_reason
void_reason-test = إدخال تجريبي
void_reason-duplicate = إدخال مكرر
void_reason-wrong_person = أُدخل لشخص آخر خطأً
void_reason-other = خطأ آخر

## sex
sex-female = أنثى
sex-male = ذكر
sex-unknown = غير محدد
sex-declined = امتنع عن الجواب

## age_basis
age_basis-document = وثيقة
age_basis-stated = تصريح الشخص
age_basis-estimated = تقدير الفريق
age_basis-third_party = تصريح الغير

## public
public-child_street = طفل في وضعية الشارع
public-homeless_adult = شخص بدون مأوى
public-woman_difficult = امرأة في وضعية صعبة
public-woman_children = امرأة مع أطفالها
public-disability = شخص في وضعية إعاقة
public-elderly = شخص مسن
public-family = أسرة بدون مأوى
public-migrant = مهاجر(ة)
public-mental_distress = شخص في ضائقة نفسية
public-other = أخرى

## language
language-ar = العربية (الدارجة)
language-ber-tzm = الأمازيغية
language-fr = الفرنسية
language-other = لغة أخرى
language-sign = لغة الإشارة
language-none = لا توجد لغة مشتركة

## relation
relation-parent = أحد الوالدين
relation-sibling = أخ أو أخت
relation-partner = زوج(ة)
relation-group = نفس المجموعة
relation-carer = القائم بالرعاية

## link_certainty
link_certainty-certain = مؤكد
link_certainty-likely = مرجح
link_certainty-reported = حسب تصريح الغير

## crew_alert
crew_alert-none = لا تنبيه
crew_alert-health = خطر صحي
crew_alert-aggression = احتمال العنف
crew_alert-threatened = الشخص مهدد
crew_alert-trafficking_suspected = اشتباه في الاتجار بالبشر

## person_status
person_status-active = متابعة جارية
person_status-dormant = لم يُلتق به منذ مدة
person_status-closed = مغلق

## exit_reason
exit_reason-family = عودة إلى الأسرة
exit_reason-shelter = إيداع بمركز
exit_reason-housing = الحصول على سكن
exit_reason-handed_over = إحالة إلى مصلحة أخرى
exit_reason-moved = مغادرة الجهة
exit_reason-hospital = استشفاء
exit_reason-detention = اعتقال
exit_reason-deceased = وفاة
exit_reason-lost_contact = فقدان الاتصال
exit_reason-adult = بلوغ سن الرشد
exit_reason-other = أخرى

## visibility
visibility-normal = عادي
visibility-restricted = مقتصر على الوحدة المكلفة

## place_type
place_type-street = شارع
place_type-souk = سوق
place_type-bus_station = محطة طرقية
place_type-mosque_area = محيط مسجد
place_type-garden = حديقة عمومية
place_type-crossroads = ملتقى الطرق
place_type-abandoned = بناية مهجورة
place_type-worksite = ورش
place_type-school_area = محيط مدرسة
place_type-hospital_area = محيط مستشفى
place_type-landfill = مطرح النفايات
place_type-roadside = جانب الطريق
place_type-douar = دوار
place_type-river_bridge = قنطرة / واد
place_type-shelter = مركز
place_type-other = أخرى

## sleeping_situation
sleeping_situation-street = الشارع / فضاء عمومي
sleeping_situation-station = المحطة الطرقية
sleeping_situation-vehicle = سيارة
sleeping_situation-abandoned = بناية مهجورة / ورش
sleeping_situation-makeshift = مأوى عشوائي / براكة
sleeping_situation-night_shelter = إيواء استعجالي
sleeping_situation-homeless_centre = مركز إيواء الأشخاص بدون مأوى
sleeping_situation-women_centre = الفضاء متعدد الوظائف للنساء
sleeping_situation-child_centre = وحدة / مركز حماية الطفولة
sleeping_situation-hospital = المستشفى
sleeping_situation-detention = مؤسسة سجنية
sleeping_situation-family = عند العائلة
sleeping_situation-third_party = عند الغير
sleeping_situation-own_at_risk = سكن مهدد بالفقدان
sleeping_situation-own = سكن خاص
sleeping_situation-unknown = غير معروف
sleeping_situation-declined = امتنع عن الجواب

## street_connection
street_connection-lives_alone = يعيش في الشارع وحيدا أو مع أقرانه
street_connection-lives_family = يعيش في الشارع مع أسرته
street_connection-works_returns = يشتغل أو يتسول ويعود للمبيت في بيته
street_connection-strong_link = يقضي معظم وقته في الفضاء العمومي
street_connection-runaway = هروب حديث من البيت
street_connection-transit = في وضعية عبور (هجرة)
street_connection-unknown = غير معروف

## accompaniment
accompaniment-unaccompanied = غير مصحوب
accompaniment-separated = منفصل عن والديه ومع قريب راشد
accompaniment-with_parent = مع أحد الوالدين
accompaniment-with_carer = مع الكافل أو الوصي
accompaniment-with_unrelated_adult = مع راشد لا تربطه به قرابة
accompaniment-with_peers = مع أطفال آخرين
accompaniment-not_applicable = لا ينطبق
accompaniment-unknown = غير معروف

## protection_concern
protection_concern-violence_physical = عنف جسدي
protection_concern-violence_sexual = عنف جنسي
protection_concern-violence_domestic = عنف أسري
protection_concern-begging_exploited = استغلال في التسول
protection_concern-child_labour = تشغيل الأطفال
protection_concern-trafficking = اشتباه في الاتجار بالبشر
protection_concern-neglect = إهمال
protection_concern-abandonment = تخلي عن الطفل
protection_concern-early_marriage = زواج القاصرين
protection_concern-substance = تعاطي المخدرات
protection_concern-health_urgent = حالة صحية مستعجلة
protection_concern-mental = ضائقة نفسية
protection_concern-disability_unmet = إعاقة دون مواكبة
protection_concern-school_out = انقطاع عن الدراسة
protection_concern-no_civil_record = عدم التسجيل في الحالة المدنية
protection_concern-law_conflict = في تماس أو نزاع مع القانون
protection_concern-pregnancy = حمل / أم عازبة
protection_concern-cold = التعرض للبرد
protection_concern-lost = طفل أو شخص تائه
protection_concern-other = أخرى
protection_concern-none_seen = لا شيء ملاحظ

## concern_certainty
concern_certainty-seen = عاينه الفريق
concern_certainty-said = صرح به الشخص
concern_certainty-suspected = مشتبه فيه

## risk
risk-high = مرتفع
risk-medium = متوسط
risk-low = منخفض
risk-not_assessed = لم يتم التقييم

## functional_difficulty
functional_difficulty-seeing = البصر
functional_difficulty-hearing = السمع
functional_difficulty-walking = المشي
functional_difficulty-remembering = التذكر
functional_difficulty-self_care = العناية الذاتية
functional_difficulty-communicating = التواصل

## referral_destination
referral_destination-cape = مركز المواكبة لحماية الطفولة
referral_destination-upe = وحدة حماية الطفولة
referral_destination-epse = مؤسسة الرعاية الاجتماعية
referral_destination-homeless_centre = مركز إيواء الأشخاص بدون مأوى
referral_destination-emf = الفضاء متعدد الوظائف للنساء
referral_destination-disability_centre = مركز توجيه ومساعدة الأشخاص في وضعية إعاقة
referral_destination-elderly_home = مركز رعاية الأشخاص المسنين
referral_destination-entraide = التعاون الوطني
referral_destination-ads = وكالة التنمية الاجتماعية
referral_destination-hospital = المستشفى
referral_destination-health_centre = المركز الصحي
referral_destination-prosecutor = النيابة العامة
referral_destination-security = الأمن الوطني / الدرك الملكي
referral_destination-ambulance = الوقاية المدنية / المساعدة الطبية المستعجلة
referral_destination-local_authority = السلطة المحلية
referral_destination-school = المدرسة / التكوين
referral_destination-association = جمعية
referral_destination-family = الأسرة
referral_destination-consulate = القنصلية
referral_destination-other = أخرى

## referral_status
referral_status-draft = مسودة
referral_status-sent = مرسلة
referral_status-received = متوصل بها
referral_status-accepted = مقبولة
referral_status-refused_by_person = رفضها الشخص المعني
referral_status-refused_by_provider = رفضتها الجهة المستقبلة
referral_status-no_place = لا توجد أماكن شاغرة
referral_status-attained = تمت
referral_status-not_attained = لم تتم
referral_status-no_news = دون أخبار
referral_status-cancelled = ملغاة

## shelter_refusal_reason
shelter_refusal_reason-prefers_place = يفضل البقاء في مكانه
shelter_refusal_reason-fear = خوف أو انعدام الأمن
shelter_refusal_reason-bad_experience = تجربة سابقة سيئة
shelter_refusal_reason-rules = النظام الداخلي
shelter_refusal_reason-separation = لا يريد الانفصال عن أقاربه
shelter_refusal_reason-income = فقدان مورد العيش
shelter_refusal_reason-health = أسباب صحية
shelter_refusal_reason-none_given = دون ذكر السبب
shelter_refusal_reason-other = أخرى

## urgency
urgency-h1 = خلال ساعة
urgency-h3 = خلال ثلاث ساعات
urgency-h24 = خلال 24 ساعة
urgency-d3 = خلال ثلاثة أيام
urgency-routine = دون استعجال

## info_category
info_category-identity = الهوية
info_category-contact = بيانات الاتصال
info_category-situation = الوضعية
info_category-health = الصحة
info_category-protection = مخاوف الحماية
info_category-family = الأسرة

## follow_up_kind
follow_up_kind-visit = زيارة
follow_up_kind-phone = مكالمة
follow_up_kind-check_referral = التحقق من إحالة
follow_up_kind-family_contact = الاتصال بالأسرة
follow_up_kind-document = وثيقة
follow_up_kind-other = أخرى

## priority
priority-high = عالية
priority-normal = عادية
priority-low = منخفضة

## service_type
service_type-listening = الاستماع
service_type-orientation = الإخبار والتوجيه
service_type-meal = وجبة / مواد غذائية
service_type-hot_drink = مشروب ساخن
service_type-blanket = غطاء
service_type-clothing = ملابس
service_type-hygiene = عدة نظافة / استحمام
service_type-first_aid = إسعافات أولية
service_type-medical = فحص طبي
service_type-psychological = دعم نفسي
service_type-transport = النقل والمرافقة
service_type-shelter = الإيواء
service_type-admin = المساعدة الإدارية
service_type-legal = التوجيه القانوني
service_type-mediation = الوساطة الأسرية
service_type-family_contact = الاتصال بالأسرة
service_type-family_return = الإرجاع إلى الأسرة
service_type-school = الإدماج المدرسي أو التكوين
service_type-assistive = معينات تقنية
service_type-awareness = التحسيس
service_type-other = أخرى

## service_result
service_result-done = تم
service_result-partly = تم جزئيا
service_result-refused_by_person = رفضه الشخص المعني
service_result-not_possible = غير ممكن

## shift_type
shift_type-day = جولة نهارية
shift_type-night = جولة ليلية
shift_type-cold_wave = تدخل استعجالي (موجة البرد)
shift_type-call = تدخل بناء على نداء
shift_type-follow_up = تتبع
shift_type-awareness = تحسيس

## weather
weather-none = عادي
weather-cold_wave = موجة برد
weather-rain = مطر
weather-snow = ثلج
weather-heat = حرارة

## cancel_reason
cancel_reason-breakdown = عطب
cancel_reason-weather = الأحوال الجوية
cancel_reason-no_crew = غياب الفريق
cancel_reason-security = أسباب أمنية
cancel_reason-other = أخرى

## crew_role
crew_role-social_worker = مساعد(ة) اجتماعي(ة)
crew_role-nurse = ممرض(ة)
crew_role-psychologist = أخصائي(ة) نفسي(ة)
crew_role-educator = مربٍّ(ية)
crew_role-driver = سائق
crew_role-volunteer = متطوع(ة)
crew_role-other = أخرى

## partner
partner-local_authority = السلطة المحلية
partner-civil_protection = الوقاية المدنية
partner-red_crescent = الهلال الأحمر
partner-security = الأمن الوطني / الدرك الملكي
partner-association = جمعية
partner-other = أخرى
